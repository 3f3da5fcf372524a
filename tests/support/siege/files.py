"""Files that the siege imports, made anew each time: none of them is kept."""

from pathlib import Path


def big_file(folder: Path, count: int) -> Path:
    """A CSV file of so many traces with two dimensions, every tenth with a label of another person."""
    file = folder / f"big-{count}.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("id,input,output,topic,channel,outcome,critique\n")
        for number in range(count):
            said = ("fail,It names no hour." if number % 20 else "pass,It says until when.") if not number % 10 else ","
            out.write(f"row {number},question {number}: how long is a ticket valid?,until noon of the day {number},"
                      f"topic {number % 12},{('chat', 'mail', 'phone')[number % 3]},{said}\n")
    return file
