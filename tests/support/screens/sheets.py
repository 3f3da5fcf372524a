"""Contact sheets: many pictures on one, each with its title below, so that a person looks at ten and not at 150."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH = 2240  # of a sheet in pixels
LINE, GAP = 34, 12
TALLEST = {4: 1.0, 8: 2.2}  # a tile's height by its width, of so many in a row; what is below is cut off
A_SHEET = 20
GROUND, INK = "#e8eaec", "#14181b"


def columns(pictures: Sequence[Image.Image]) -> int:
    """Wide pictures stand four in a row, those of a phone eight."""
    return 8 if all(one.height > one.width for one in pictures) else 4


def tile(picture: Image.Image, width: int, tallest: float) -> Image.Image:
    """A picture at this width, its foot cut off where it is longer than so many times that."""
    made = picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS)
    return made.crop((0, 0, width, min(made.height, round(width * tallest))))


def fitting(title: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    """A title as far as it fits below its picture: the view comes last, so the page is left out first."""
    for short in (title, title.partition(", ")[2]):
        if font.getlength(short) <= width:
            return short
    while font.getlength(short + "...") > width:
        short = short[:-1]
    return short + "..."


def sheet(named: Sequence[tuple[str, Image.Image]]) -> Image.Image:
    """One sheet of these pictures, in rows as high as their highest."""
    across = columns([picture for _, picture in named])
    width = (WIDTH - GAP * (across + 1)) // across
    tiles = [(title, tile(picture, width, TALLEST[across])) for title, picture in named]
    rows = [tiles[start:start + across] for start in range(0, len(tiles), across)]
    heights = [max(one.height for _, one in row) + LINE + GAP for row in rows]
    made = Image.new("RGB", (WIDTH, sum(heights) + GAP), GROUND)
    pen, font = ImageDraw.Draw(made), ImageFont.load_default(size=18)
    for number, row in enumerate(rows):
        top = GAP + sum(heights[:number])
        for place, (title, picture) in enumerate(row):
            left = GAP + place * (width + GAP)
            made.paste(picture, (left, top))
            pen.text((left + 2, top + picture.height + 6), fitting(title, width, font), INK, font)
    return made


def keep(folder: Path, name: str, named: Sequence[tuple[str, Path]]) -> Iterator[Path]:
    """Writes the sheets of these (title, picture) as NAME-1.png and on; the files, in order."""
    for start in range(0, len(named), A_SHEET):
        file = folder / f"{name}-{start // A_SHEET + 1}.png"
        sheet([(title, Image.open(path).convert("RGB")) for title, path in named[start:start + A_SHEET]]).save(file)
        yield file
