import tomllib

from builder.drafting.edit import find_unwritten, write_prompts

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


def test_prompts_of_a_table_are_written():
    table = 'prompt_table = "prompts.csv"\n' + TEXT
    assert find_unwritten(table) == [0]


def test_a_prompt_about_drafts_is_none():
    assert find_unwritten('[[images]]\nprompts = ["beer # Draft"]\n') == []
