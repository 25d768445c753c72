from builder.spec.lines import find_line, index_lines

TEXT = '''\
title = "a = b" # [[images]]
description = """
[[images]]
fake = 1
"""

[[images]]
prompts = [
  "one ]",  # ]
  'two = 2',
]
"quoted key" = 1
[[images]]
file = "x"
[images.credit]
by = "y"
[[images.marks]]
[[images.marks]]
[table]
key = { a = 1 }
'''


def test_lines_of_tables_and_keys_are_found():
    lines = index_lines(TEXT)
    assert lines == {
        ("title",): 1,
        ("description",): 2,
        ("images", 0): 7,
        ("images", 0, "prompts"): 8,
        ("images", 0, "quoted key"): 12,
        ("images", 1): 13,
        ("images", 1, "file"): 14,
        ("images", 1, "credit"): 15,
        ("images", 1, "credit", "by"): 16,
        ("images", 1, "marks", 0): 17,
        ("images", 1, "marks", 1): 18,
        ("table",): 19,
        ("table", "key"): 20,
    }


def test_the_nearest_thing_around_has_a_line():
    lines = index_lines(TEXT)
    assert find_line(lines, ("images", 0, "prompts", 1)) == 8
    assert find_line(lines, ("images", 1, "author")) == 13
    assert find_line(lines, ("models",)) is None
