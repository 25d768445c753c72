import tomllib

from builder.drafting.edit import find_unwritten, write_focal_point, write_prompts

TEXT = '''\
title = "Mine" # and this too

[[images]]
file = "a.jpg"  # kept
prompts = [
  # Draft: write some
  "a",
]
crop = [0,0,1,1]

# The second one.
[[images]]
file = "b.jpg"
description = """
prompts = []"""

# The third one.
[[images]]
file = "c.jpg"
prompts = ["mine"]

[[images]]
file = "d.jpg"
prompts = []
'''

CHANGED = '''\
title = "Mine" # and this too

[[images]]
file = "a.jpg"  # kept
prompts = [
  # Draft: from a model
  "p",
  "say \\"q\\"",
]
crop = [0,0,1,1]

# The second one.
[[images]]
file = "b.jpg"
prompts = [
  # Draft: from a model
  "r",
]
description = """
prompts = []"""

# The third one.
[[images]]
file = "c.jpg"
prompts = ["mine"]

[[images]]
file = "d.jpg"
prompts = [
  # Draft: from a model
  "s",
]
'''


def test_prompts_that_nobody_wrote_are_found():
    assert find_unwritten(TEXT) == [0, 1, 3]
    assert find_unwritten(CHANGED) == [0, 1, 3]
    assert find_unwritten(CHANGED.replace("  # Draft: from a model\n", "")) == []


def test_only_the_prompts_change():
    prompts = {0: ["p", 'say "q"'], 1: ["r"], 3: ["s"]}
    changed = write_prompts(TEXT, prompts, "from a model")
    assert changed == CHANGED
    assert [image["prompts"] for image in tomllib.loads(changed)["images"]] == [
        *(prompts[0], prompts[1], ["mine"], prompts[3]),
    ]


def test_a_list_of_inline_tables_is_changed_too():
    text = 'images = [{ file = "a.jpg" }, { file = "b.jpg", prompts = ["b"] }]\n'
    assert find_unwritten(text) == [0]
    changed = tomllib.loads(write_prompts(text, {0: ["x"]}, "from a model"))
    assert [image["prompts"] for image in changed["images"]] == [["x"], ["b"]]


def test_nothing_moves_where_pictures_are_between_other_tables():
    first, models, second, rest = (
        '[[images]]\nfile = "a.jpg"\n',
        '# Mine.\n[[models]]\nname = "m"\n',
        '[[images]]\nfile = "b.jpg"\nfocal_point = [\n  0, # left\n  1,\n] # there\n',
        "# The rest.\n[defaults]\n",
    )
    text = first + models + second + rest
    changed = write_focal_point(text, 0, (0.25, 0.5))
    assert changed == first + "focal_point = [0.25, 0.5]\n" + models + second + rest
    changed = write_focal_point(text, 1, (0.25, 0.5))
    at = second.replace("[\n  0, # left\n  1,\n]", "[0.25, 0.5]")
    assert changed == first + models + at + rest
    changed = write_prompts(text, {0: ["p"], 1: ["q"]}, "from a model")
    assert [line for line in changed.splitlines() if line.startswith("[")] == [
        line for line in text.splitlines() if line.startswith("[")
    ]


def test_prompts_of_a_table_are_written():
    table = 'prompt_table = "prompts.csv"\n' + TEXT
    assert find_unwritten(table) == [0]


def test_a_prompt_about_drafts_is_none():
    assert find_unwritten('[[images]]\nprompts = ["beer # Draft"]\n') == []
