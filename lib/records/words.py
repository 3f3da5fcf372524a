"""Numbers with the thing they count, as a person writes them."""


def counted(n: int, thing: str, things: str = "") -> str:
    """So many of a thing: "1 trace", "2,000 traces"; `things` where its plural takes more than an s."""
    return f"{n:,} {thing if n == 1 else things or thing + 's'}"
