"""The hints speak where a critique cannot teach yet, keep silent where it can, and never write for the expert."""

import pytest

from lib.prompting import critique_hints
from lib.prompting.critique_hints import NO_REASON, NO_RESERVATION, NOTHING, RESTATES, SHORT, hints

TEACHES = (
    "The user asked for flights without a stop, and the AI listed two with a stop in Denver because it ignored the "
    "filter; it should have said that no direct flight exists.",
    "It invents a vote of the council. The transcript says the item was put off, so anyone who reads only this summary "
    "would believe that the budget is decided.")
PASS_WITH_RESERVATION = (
    "The AI gave the right opening hours and named its source. It did not ask which branch was meant, which a careful "
    "colleague would have done, but the user was helped.")
PASS_WITHOUT = (
    "The assistant found the order in the system at once, told the user where the parcel is since the carrier was "
    "known, and gave the date on which it arrives.")


@pytest.mark.parametrize("critique", TEACHES)
def test_a_fail_that_says_why_needs_no_hint(critique):
    assert hints("fail", critique) == []


def test_a_pass_with_its_reservation_needs_no_hint():
    assert hints("pass", PASS_WITH_RESERVATION) == []


def test_a_pass_without_a_reservation_is_asked_and_not_told():
    assert hints("pass", PASS_WITHOUT) == [NO_RESERVATION] and NO_RESERVATION.endswith("?")
    assert hints("fail", PASS_WITHOUT) == []


@pytest.mark.parametrize("critique", ["", "   ", "\n", "…", "-", "👍"])
def test_nothing_said_is_one_hint_alone(critique):
    assert hints("pass", critique) == hints("fail", critique) == [NOTHING]


@pytest.mark.parametrize("critique", ["this is a fail", "Good answer.", "FAIL!", "The response is incorrect.", "ok",
                                      "I think this is a very good answer and the AI did well."])
def test_a_verdict_said_twice_is_no_critique(critique):
    assert hints("fail", critique) == [RESTATES]


def test_a_pass_that_only_says_so_is_also_asked_for_its_reservation():
    assert hints("pass", "Good answer.") == [RESTATES, NO_RESERVATION]


def test_a_few_words_are_too_short_even_with_a_reason():
    assert hints("fail", "Wrong city, because Springfield was meant.") == [SHORT]


def test_fourteen_words_are_short_and_fifteen_are_enough():
    fourteen = "it cites a law because " + " ".join(f"word{n}" for n in range(9))
    assert hints("fail", fourteen) == [SHORT] and hints("fail", fourteen + " more") == []


def test_what_without_why_is_asked_for_its_reason():
    flat = ("The summary lists the members of the council and the date of the meeting and the names of the three "
            "speakers and the length of the session.")
    assert hints("fail", flat) == [NO_REASON]


@pytest.mark.parametrize("critique", [
    # Long enough in German, French, Russian: no list of ours knows their words, so only the length counts.
    "Der Assistent nennt eine Frist von vierzehn Tagen, obwohl der Vertrag dreißig Tage vorsieht, und verweist auf "
    "einen Paragraphen, den es gar nicht gibt.",
    "L'assistant donne une adresse qui n'existe plus depuis deux ans, alors que le document joint indique clairement "
    "la nouvelle, et le client perd une journée.",
    "Ассистент назвал неверную дату, потому что прочитал старую версию документа, и клиент из-за этого пропустил срок "
    "подачи заявления в суд."])
def test_another_language_is_measured_by_its_length_alone(critique):
    assert hints("pass", critique) == hints("fail", critique) == []
    assert hints("fail", " ".join(critique.split()[:6])) == [SHORT]


@pytest.mark.parametrize(("critique", "said"), [
    ("助手回答正确。", [SHORT]),
    ("助手给出了错误的退款期限:合同写明三十天,而它说是十四天,客户可能因此错过申请时间。", []),
    ("回答が短い。", [SHORT]),
    ("返金の期限を十四日と答えているが、契約書には三十日と書かれているため、お客様は申請できなくなる。", []),
    ("คำตอบผิด", [SHORT])])
def test_a_script_without_spaces_is_counted_in_characters(critique, said):
    assert hints("fail", critique) == said


def test_chinese_with_a_word_of_latin_is_still_chinese():
    assert hints("pass", "助手把 API 的限额写成每分钟一百次,但文档里写的是每分钟六十次,用户会因此被限流。") == []


def test_marks_alone_and_very_long_texts_are_answered_at_once():
    assert hints("pass", "!" * 100_000) == [NOTHING]
    assert hints("fail", "because the date is wrong " * 50_000) == []


def test_no_hint_is_longer_than_two_short_sentences_or_writes_a_critique():
    for hint in (NOTHING, RESTATES, SHORT, NO_REASON, NO_RESERVATION):
        assert len(hint) < 130 and "%" not in hint and "{" not in hint
    assert critique_hints.ENOUGH_WORDS == 15
