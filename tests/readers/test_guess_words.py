"""Columns that are called as products call them: guessed by the words of their names, and never by half."""

import pytest

from lib.readers import guess, read_table
from lib.readers.mapping import rows


@pytest.mark.parametrize(("head", "asked", "answered"), [
    ("customer_question,bot_answer", "customer_question", "bot_answer"),
    ("userQuery,assistantReply", "userQuery", "assistantReply"),
    ("first_question,second_question", None, None),
    ("prompt_tokens,response_time", None, None),
    ("system_prompt,expected_answer", None, None)])
def test_words_of_a_name_tell_what_a_column_is(head, asked, answered):
    found = guess(read_table("t.csv", f"{head}\nhow so,like this\n".encode()))
    assert (found.input, found.output) == (asked, answered)


def test_a_row_with_messages_alone_takes_its_input_from_them():
    data = (b'{"input": "a", "output": "b"}\n{"messages": [{"role": "user", "content": "c"}, '
            b'{"role": "assistant", "content": "d"}]}\n')
    table = read_table("t.jsonl", data, format="jsonl")
    assert [(row.trace.input, row.trace.output) for row in rows(table, guess(table))] == [("a", "b"), ("c", "d")]
