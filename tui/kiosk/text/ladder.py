"""The ladder in words: what each rung is called, how it stands, and what mends it."""

from dataclasses import replace

from tui.core.failure import Failure, Reason
from tui.core.ladder import Rung, RungSeen, Standing, climb, obscured
from tui.journey.state import State
from tui.kiosk.text import N_, _
from tui.kiosk.text.wording import Explanation, call, explain, in_a_line

_RUNGS = {
    # Translators: the first of five things that must be there, each a column of its own; 10 letters at most.
    Rung.READER: N_("读卡器"),
    # Translators: the second of five; 10 letters at most.
    Rung.DRIVER: N_("CA驱动"),
    # Translators: the third of five: the token; 10 letters at most.
    Rung.TOKEN: N_("CA"),
    # Translators: the fourth of five; 11 letters at most.
    Rung.CERTIFICATE: N_("证书"),
    # Translators: the fifth of five: the certificate can be used; 10 letters at most.
    Rung.USABLE: N_("证书可用"),
}
_STANDINGS = {
    # Translators: result of one check; also an order in which nothing is wrong.
    Standing.DONE: N_("正常"),
    Standing.FAILING: N_("异常"),
    # Translators: of a check that was not made, for one before it failed; 11 letters at most.
    Standing.NOT_REACHED: N_("未到"),
    # Translators: of a check that cannot be made on this machine; 11 letters at most.
    Standing.UNKNOWN: N_("无法得知"),
}


def rungs_of(state: State) -> tuple[RungSeen, ...]:
    """The five as they stand now; none before the first look."""
    if state.snapshot is None or state.now is None:
        return ()
    return climb(replace(state.snapshot, tokens=state.tokens), state.now, state.window)


def none_seen(state: State) -> str:
    """Why no CA is seen, in a sentence."""
    obscuring = obscured(state.snapshot) if state.snapshot else None
    return explain(obscuring or Failure(Reason.NO_TOKEN), state.money).happened


def rung_words(seen: RungSeen) -> str:
    """What the rung is called."""
    return _(_RUNGS[seen.rung])


def standing_words(seen: RungSeen) -> str:
    """How it stands."""
    return _(_STANDINGS[seen.standing])


def remedy(seen: RungSeen, state: State) -> Explanation | None:
    """What happened at this rung, what to do about it, and whom to call; None where there is nothing to be said."""
    if seen.failure is None:
        return None
    words = explain(seen.failure, state.money, state.service)
    if seen.failure.reason is not Reason.NO_TOKEN:
        return words
    again = _("已经插好的，请换一个USB接口再插一次；仍没有反应，请找工作人员。")
    advice = "" if state.failure == seen.failure else words.advice  # else it stands above already
    told = f"{call(state.service)}  {Reason.NO_TOKEN.number}"
    return replace(words, advice=in_a_line(advice, again), call=told)
