"""The expert's desk: where its keys rest, and the room it takes."""
