"""Names of models on the Hugging Face hub."""

import pytest

from builder.errors import ModelError
from builder.spec.hub_name import HubName, is_commit, is_hub_name

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hf:google/siglip2", HubName("google", "siglip2")),
        ("hf:OFA-Sys/chinese.clip_b16", HubName("OFA-Sys", "chinese.clip_b16")),
        (
            "hf:laion/CLIP-ViT-B-16-DataComp.XL@v1.0",
            HubName("laion", "CLIP-ViT-B-16-DataComp.XL", "v1.0"),
        ),
        ("hf:a/b@refs/pr/1", HubName("a", "b", "refs/pr/1")),
        (f"hf:a/b@{COMMIT}", HubName("a", "b", COMMIT)),
    ],
)
def test_a_name_has_an_owner_and_perhaps_a_revision(text: str, name: HubName):
    assert is_hub_name(text)
    assert HubName.parse(text) == name
    assert str(name) == text


def test_without_a_revision_it_is_the_main_branch():
    assert HubName.parse("hf:a/b").wanted == "main"
    assert HubName.parse("hf:a/b@v1").wanted == "v1"
    assert is_commit(COMMIT)
    assert not is_commit(COMMIT[:7])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "hf:",
            "hf:gpt2",
            "hf:/b",
            "hf:a/",
            "hf:a/b/c",
            "hf:a/b@",
            "hf: a/b",
            "hf:a/b ",
            "HF:a/b",
        ),
        *(
            "hf:../b",
            "hf:a/..",
            "hf:a/b--c",
            "hf:a/.b",
            "hf:a/b.",
            "hf:a/b.git",
            "hf:a\\b",
            "hf:a/é",
        ),
        *("hf:a/b@../c", "hf:a/b@c..d", "hf:a/b@c d", "hf:a/b@/c", "hf:a/b@c/", "hf:a/b@c.lock"),
        *("hf:a/b@c@{1}", "hf:a/b@-c", "hf:a/b\n", "hf:a/b@c\n", f"hf:a/{'b' * 100}", "a/b"),
        "hf:https://huggingface.co/a/b",
    ],
)
def test_what_is_no_name_is_refused_with_an_example(text: str):
    with pytest.raises(ModelError, match="hf:google/siglip2-base-patch16-224") as caught:
        HubName.parse(text)
    assert caught.value.message.isprintable()
