"""What others show of a page: an icon in a tab, a picture where the page's address is posted.

Sources: The Open Graph protocol (ogp.me), which wants whole addresses of pictures; X's cards, which
read its properties too.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import PIL.Image

from builder.manifest import Image, SiteManifest
from builder.site.bundle import Bundle, Manifest
from builder.site.files import Files
from builder.site.first_answer import FirstAnswer
from builder.site.icon import draw_icon, encode_icon, open_first_picture, tile
from builder.site.lettering import MORE, find_typeface
from builder.site.preview_picture import HEIGHT, WIDTH, Caption, draw_preview
from builder.site.wording import Wording

PREVIEW = "sharing/preview"
"""How the name of the picture for links begins."""

_ICON_SIZE = 48
"""Tabs show 16 pixels, or twice or three times as many on sharp screens."""
_QUALITY = 85
_TILES = 3
"""Pictures in a row of a gallery's picture."""

_WITHOUT_TEXTS = (
    "The picture for links to the page is without texts, since no font has all their letters: name"
    " one as font in [sharing]."
)
_WITHOUT_ADDRESS = (
    "Only some sites will show a picture with links to the page, since others want its whole"
    " address: say where the page will be, as address in [sharing]."
)


@dataclass(frozen=True)
class Preview:
    """The picture for links: its address, which is relative if nobody said where the page is.

    `alt` says what is on it.
    """

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Shared:
    """The files by URL, of which the page names `icon` and `preview`, and what to tell the author.

    `address` is where the page will be, if that is known.
    """

    files: Mapping[str, bytes]
    icon: str
    preview: Preview | None = None
    address: str | None = None
    notes: tuple[str, ...] = ()


def share(bundle: Bundle[Manifest], answer: FirstAnswer | None, wording: Wording) -> Shared:
    """Draw the icon of a page, and the picture for links of one that shows pictures."""
    files = Files()
    icon = files.add("icons/tab", ".png", encode_icon(draw_icon(bundle), _ICON_SIZE)).url
    address = bundle.sharing.address
    shown = _choose_picture(bundle, answer, wording)
    if shown is None:
        return Shared(files.content, icon, address=address)
    picture, texts = shown
    typeface = bundle.sharing.typeface or find_typeface(texts.all)
    if typeface and not typeface.has(texts.all):
        typeface = None
    drawn = draw_preview(
        picture,
        texts.title,
        texts.captions,
        typeface,
        credit=texts.credit,
        right_to_left=wording.direction == "rtl",
    )
    url = files.add(PREVIEW, ".jpg", _encode(drawn)).url
    notes = (_WITHOUT_TEXTS,) * (typeface is None) + (_WITHOUT_ADDRESS,) * (address is None)
    preview = Preview(f"{address or ''}{url}", WIDTH, HEIGHT, texts.alt)
    return Shared(files.content, icon, preview, address, notes)


def _choose_picture(
    bundle: Bundle[Manifest], answer: FirstAnswer | None, wording: Wording
) -> tuple[PIL.Image.Image, "_Texts"] | None:
    """What the picture for links shows: the first picture with its answer, or some of a gallery."""
    manifest = bundle.manifest
    if answer is not None and isinstance(manifest, SiteManifest):
        return open_first_picture(bundle, manifest), _Texts.of(manifest, answer, wording)
    if bundle.gallery and (tiled := tile(bundle.gallery, _TILES, HEIGHT)):
        return tiled, _Texts(_plain(manifest.title), (), "", manifest.title)
    return None


@dataclass(frozen=True)
class _Texts:
    """What is written beside the picture; `alt` says what is on it."""

    title: str
    captions: tuple[Caption, ...]
    credit: str
    alt: str

    @classmethod
    def of(cls, manifest: SiteManifest, answer: FirstAnswer, wording: Wording) -> "_Texts":
        captions = (
            Caption(
                _plain(share.text),
                share.probability,
                _plain(wording.percent(share.probability)),
                is_best=place == 0 and not answer.fits_none,
            )
            for place, share in enumerate(answer.shares)
        )
        credit = _plain(_credit(manifest.images[0], wording))
        alt = manifest.images[0].description
        return cls(_plain(manifest.title), tuple(captions), credit, alt)

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that a font must be able to write."""
        captions = (text for one in self.captions for text in (one.text, one.percent))
        return (self.title, self.credit, MORE, *captions)


def _credit(image: Image, wording: Wording) -> str:
    """As the page writes it below the picture."""
    author = image.credit.author
    parts = (author and wording.translate("Photo: {0}", author), image.credit.license)
    return ", ".join(filter(None, parts))


def _plain(text: str) -> str:
    """A text without the spaces of other kinds, which few fonts have."""
    return " ".join(text.split())


def _encode(picture: PIL.Image.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=_QUALITY, optimize=True)
    return data.getvalue()
