import pytest

from builder.drafting.names import describe_name, make_ids


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["Kitten", "IMG_2041"], ["kitten", "img-2041"]),
        (["Köln bei Nacht", "猫", "Ψάρι"], ["koln-bei-nacht", "mao", "psari"]),
        (["a b", "a-b", "A_B"], ["a-b", "a-b-2", "a-b-3"]),
        (["a b", "a b 2", "a-b"], ["a-b", "a-b-2", "a-b-3"]),
        (["...", "??"], ["picture", "picture-2"]),
    ],
)
def test_ids_are_distinct_and_in_latin_letters(names: list[str], ids: list[str]):
    assert make_ids(names) == ids


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("kitten-with_wool", "Kitten with wool"),
        ("Köln bei Nacht (3)", "Köln bei Nacht"),
        ("Eiffel Tower 2019", "Eiffel Tower"),
        ("IMG_2041", ""),
        ("DSC00012-edit", ""),
        ("20240501_101112", ""),
        ("PXL_20240501_101112", ""),
        ("猫", "猫"),
    ],
)
def test_a_name_says_what_is_shown_unless_a_camera_gave_it(name: str, description: str):
    assert describe_name(name) == description
