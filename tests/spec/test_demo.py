from pathlib import Path

import pytest

from builder.errors import BuilderError, SpecError
from builder.spec.demo import load_models_spec, load_spec
from tests.conftest import DEMO, MakeDemo


def problems_of(path: Path) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    return [str(problem) for problem in caught.value.problems]


def test_a_spec_reads_back_what_was_written(make_demo: MakeDemo):
    path = make_demo()
    spec = load_spec(path)
    assert spec.title == "Two pictures"
    assert spec.language == "en"
    assert [image.id for image in spec.images] == ["red", "blue"]
    assert spec.images[0].file == path.parent / "images" / "red.png"
    assert spec.images[1].license == "CC0-1.0"
    assert spec.models[0].quantization is None


def test_prompts_of_a_spec_are_listed_once(make_demo: MakeDemo):
    prompts = load_spec(make_demo()).prompts
    assert prompts == ("a red square", "a blue circle", "a blue square")


def test_an_id_may_be_given(make_demo: MakeDemo):
    text = DEMO.replace('file = "images/red.png"', 'file = "images/red.png"\nid = "first_one"')
    assert load_spec(make_demo(text)).images[0].id == "first_one"


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("license =", "licence =", ":17: images[1].licence", "Did you mean 'license'?"),
        ("[[models]]", "[gallery]\n[[models]]", ":4: gallery.pictures", "key is missing"),
        (
            "[[models]]",
            '[gallery]\npictures = "a"\nlimit = 1\n[[models]]',
            ":6: gallery.limit",
            "Known keys",
        ),
        (
            "[[models]]",
            '[gallery]\npictures = "a"\nmax_failures = -1\n[[models]]',
            ":6: gallery.max_failures",
            "greater than or equal to 0",
        ),
        ("description = ", "colour = 1\ndescription = ", ":2: colour", "Known keys: title"),
        ("A small demo.", " ", ":2: description", "the text is empty"),
        ("[[models]]", '[sharing]\nadress = "x"\n[[models]]', ":5: sharing.adress", "'address'?"),
        ("[[models]]", '[sharing]\nicon = "i.png"\n[[models]]', ":5: sharing.icon", "no file"),
        ("[[models]]", '[sharing]\naddress = "me"\n[[models]]', ":5: sharing.address", "https://"),
        ('"mini-tiny"', '"mini-tiny"\nquantization = "int3"', ":6: models[0].quantization", "int3"),
        ("images/red.png", "images/none.png", ":8: images[0].file", "there is no file"),
        ('"images/red.png"', "3", ":8: images[0].file", "expected text, not 3"),
        ('["a red square", "a blue circle"]', "[]", ":10: images[0].prompts", "list is empty"),
        (
            '["a red square", "a blue circle"]',
            '"a, b"',
            ":10: images[0].prompts",
            "expected a list",
        ),
        ('"a blue circle"', '""', ":10: images[0].prompts[1]", "the text is empty"),
        ('"a blue circle"', '"a red square"', ":10: images[0].prompts", "is listed twice"),
        ("images/blue.png", "images/red.png", ":12: images[1].id", "already used by images[0]"),
        ('author = "Nobody"', 'id = "A b"', ":16: images[1].id", "lower-case letters"),
        ('author = "Nobody"', "author = 3", ":16: images[1].author", "expected text"),
        ('author = "Nobody"', 'source = "me"', ":16: images[1].source", "a web address"),
        ('author = "Nobody"', "focal_point = [2, 0]", ":16: images[1].focal_point[0]", "1, not 2"),
        ('author = "Nobody"', "crop = [9, 9, 3, 20]", ":12: images[1]", "is not a box"),
        (
            'author = "Nobody"',
            "crop = [0, 0, 9, 9]\nfocal_point = [0, 0]",
            ":12: images[1]",
            "Keep one.",
        ),
        ('[[models]]\nname = "mini-tiny"', "", ": models", "this key is missing"),
        ("[[im", '[[models]]\nname = "mini-tiny"\n\n[[im', ":7: models[1].id", "already"),
        ('name = "mini-tiny"', 'quantization = "none"', ":4: models[0]", "Give one of name,"),
        ('name = "mini', 'towers = "a:b"\nname = "mini', ":4: models[0]", "both name and towers"),
        ('"mini-tiny"', '"hf:siglip"', ":5: models[0].name", "hf:google/siglip2-base-patch16-224"),
        ('"mini-tiny"', '"hf:a/b@c d"', ":5: models[0].name", "the revision 'c d'"),
        ('name = "mini-tiny"', 'towers = "a.b"', ":5: models[0].towers", "a module and a function"),
        ('name = "mini-tiny"', 'checkpoint = "a.npz"', ":5: models[0].checkpoint", "Add it"),
        ('name = "mini-tiny"', 'precomputed = "a"', ":5: models[0].precomputed", "no folder"),
        ('"mini-tiny"', '"mini-tiny"\nresolution = 9', ":4: models[0]", "'resolution' cannot be"),
        ('"mini-tiny"', '"mini-tiny"\n[models.card]', ":4: models[0]", "'card' cannot be given"),
        ('"mini-tiny"', '"mini-tiny"\nconverter = "tf"', ":6: models[0].converter", "'native'"),
        ('description = "A s', 'max_bytes = 0\ndescription = "A s', ":2: max_bytes", "not 0"),
        (
            'description = "A s',
            'base_url = "x"\ndescription = "A s',
            ":2: base_url",
            "'x' is not a web address",
        ),
        (
            'description = "A s',
            'base_url = "https://*/"\ndescription = "A s',
            ":2: base_url",
            "has the host *, which is not a name",
        ),
        (
            'description = "A s',
            'base_url = "https://"\ndescription = "A s',
            ":2: base_url",
            "has no host",
        ),
        (
            'description = "A s',
            'base_url = "https://[::1/"\ndescription = "A s',
            ":2: base_url",
            "is not a web address (Invalid IPv6 URL)",
        ),
        (
            'description = "A s',
            'base_url = "https://a/; script-src *"\ndescription = "A s',
            ":2: base_url",
            "has the character ' '",
        ),
        (
            'description = "A s',
            'base_url = "http://example.org/"\ndescription = "A s',
            ":2: base_url",
            "is not encrypted: use https://",
        ),
    ],
)
def test_a_mistake_is_reported_with_its_place_and_a_remedy(
    make_demo: MakeDemo, old: str, new: str, place: str, message: str
):
    assert old in DEMO
    (problem,) = problems_of(make_demo(DEMO.replace(old, new, 1)))
    assert place in problem
    assert message in problem
    assert "\n    " in problem, "a remedy follows on a line of its own"


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file(make_demo: MakeDemo):
    text = DEMO.replace("title =", "titel =").replace("blue.png", "b.png").replace('"a blue c', '"')
    text = text.replace('["a red square", "ircle"]', "[]")
    places = [problem.split(": ")[1] for problem in problems_of(make_demo(text))]
    assert places == ["title", "titel", "images[0].prompts", "images[1].file"]


CHECKPOINT = """\
checkpoint = "demo.toml"
scoring = "sigmoid"

[models.architecture]
image = { variant = "Ti/16", pool_type = "map" }
text = { width = 32 }
out_dim = ["none", 32]

[models.tokenizer]
vocabulary = "images/blue.png"
"""


def test_a_checkpoint_has_tables_of_its_own(make_demo: MakeDemo):
    path = make_demo(DEMO.replace('name = "mini-tiny"\n', CHECKPOINT))
    (model,) = load_spec(path).models
    assert model.architecture == {
        "image": {"variant": "Ti/16", "pool_type": "map"},
        "text": {"width": 32},
        "out_dim": [None, 32],
    }
    assert model.tokenizer
    assert model.tokenizer.vocabulary == path.parent / "images" / "blue.png"
    assert (model.tokenizer.kind, model.tokenizer.max_length) == (None, 16)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("vocabulary", "vocabluary", ":14: models[0].tokenizer.vocabluary", "'vocabulary'?"),
        ("blue.png", "none.txt", ":14: models[0].tokenizer.vocabulary", "there is no file"),
        ('[models.tokenizer]\nvocabulary = "images/blue.png"', "", ":4: models[0]", "vocabulary ="),
        ("[models.architecture]", "[models.card]", ":11: models[0].card.out_dim", "Known keys"),
    ],
)
def test_mistakes_in_the_tables_of_a_checkpoint_have_their_lines(
    make_demo: MakeDemo, old: str, new: str, place: str, message: str
):
    assert old in CHECKPOINT
    model = CHECKPOINT.replace(old, new, 1)
    problems = problems_of(make_demo(DEMO.replace('name = "mini-tiny"\n', model)))
    (problem,) = [problem for problem in problems if place in problem]
    assert message in problem


def test_a_missing_file_says_how_to_begin(tmp_path: Path):
    with pytest.raises(BuilderError, match="lit-demo new"):
        load_spec(tmp_path / "demo.toml")


@pytest.mark.parametrize("content", [b"title = ", b"\xff\xfe", b"[[images]\n"])
def test_a_file_that_is_not_toml_is_refused_by_name(tmp_path: Path, content: bytes):
    path = tmp_path / "demo.toml"
    path.write_bytes(content)
    with pytest.raises(BuilderError, match=r"demo\.toml"):
        load_spec(path)


def test_a_folder_stands_for_the_demo_toml_in_it(make_demo: MakeDemo):
    path = make_demo()
    assert load_spec(path.parent) == load_spec(path)
    with pytest.raises(BuilderError, match=r"images/demo\.toml: there is no such file"):
        load_spec(path.parent / "images")


SETS = """
[[prompt_sets]]
name = "Colours"
prompts = ["red", "a blue circle"]

[[prompt_sets]]
name = "Counting"
prompts = ["one", "two"]
"""


def test_prompts_of_sets_follow_those_of_pictures(make_demo: MakeDemo):
    spec = load_spec(make_demo(DEMO + SETS))
    assert [one.name for one in spec.prompt_sets] == ["Colours", "Counting"]
    assert spec.prompts[3:] == ("red", "one", "two")


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ('"Counting"', '"Colours"', "prompt_sets[1].name", "'Colours' is already used by"),
        ('"Counting"', '" "', "prompt_sets[1].name", "the text is empty"),
        ('["one", "two"]', '["one", "one"]', "prompt_sets[1].prompts", "listed twice"),
        ('["one", "two"]', '["one"]', "prompt_sets[1]", "nothing to compare with"),
        ('["one", "two"]', str([str(i) for i in range(33)]), "prompt_sets[1]", "33 prompts"),
        ('prompts = ["one', 'prompt = ["one', "prompt_sets[1].prompt", "'prompts'"),
    ],
)
def test_a_set_that_cannot_be_shown_is_refused(
    make_demo: MakeDemo, old: str, new: str, place: str, message: str
):
    problems = problems_of(make_demo(DEMO + SETS.replace(old, new)))
    assert any(place in problem and message in problem for problem in problems), problems


def test_a_demo_has_pictures_or_a_gallery(make_demo: MakeDemo):
    models = DEMO.partition("[[images]]")[0]
    (problem,) = problems_of(make_demo(models))
    assert "images: there are no pictures" in problem
    assert '[gallery] with pictures = "photos/**/*.jpg"' in problem
    with_gallery = make_demo(f'{models}[gallery]\npictures = "images/*.png"\n')
    spec = load_models_spec(with_gallery)
    assert spec.gallery
    assert (spec.gallery.pictures, spec.gallery.folder) == ("images/*.png", with_gallery.parent)
    assert spec.images == ()
    with pytest.raises(BuilderError, match="has only a"):
        load_spec(with_gallery)
