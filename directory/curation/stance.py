"""Whether a sentence owns the practice it names, or denies it, tells of the past, or quotes somebody. Pure.

The patterns read folded words in the singular ("alway", "ha not"), with , ; : as words, in one sentence.
When in doubt the sentence owns it: then a curator decides before the profile is listed.
"""

from __future__ import annotations

import re

_PRACTICE = (
    r"(?:use|using|used|offer|offering|offered|practi[cs]e|practi[cs]ing|practi[cs]ed|provide|providing|provided"
    r"|recommend|recommending|support|supporting|endorse|endorsing|condone|condoning|perform|performing|teach"
    r"|teaching"
    r"|do|doing|believe in|agree with|work with|refer(?: \w+){0,2} (?:to|for)|include|involve|affiliated with"
    r"|associated with|train in|trained in|advertise|promote|approve of|accept)"
)
# "I do not use …": a denied verb of practice, and nothing after it that turns the sentence round.
_DENIAL = re.compile(
    r"\b(?:(?:do|doe|does|did|will|would|can|could|have|ha|had) ?not|(?:don|doesn|didn|won|wouldn|can|couldn|haven)t"
    r"|cannot|never|no longer|not|neither|stopped|stop|quit|gave up|refuse to|decline to)"
    r"(?: ever| personally| currently| knowingly| in any way| under any circumstance)*"
    rf" {_PRACTICE}\b"
    r"|\b(?:survivor|victim|critic|critique|danger|harm|risk|aftermath|ban|memory|history) of\b"
    r"|\b(?:unlike|rather than|instead of)\b(?=[^,]*$|.*\b(?:or|nor|and)(?: \w+){0,2} ?$)"
    r"|\b(?:opposed to|oppose|avoid|condemn|denounce|renounce|reject|refuse|distrust)\b"
    r"|\b(?:speak|spoke|speaking|testify|testified|testifying|work|worked|argue|warn|warned|warning|stand|campaign"
    r"|campaigned|advocate|advocated|protest|law|ruling|statement)(?: \w+){0,3}? (?:against|about the danger of"
    r"|off)\b"
    r"|\b(?:harmed|hurt|injured|traumatized|wounded|damaged|failed|frightened|abused) (?:by|in|during|through)\b"
    r"|\b(?:not|never) put (?:\w+ ){1,3}through\b|\bspent (?:\w+ ){1,3}(?:childhood|youth) (?:in|under)$"
    r"|\b(?:subjected to|put through|went through|lived through|made to undergo|underwent|endured|survived)\b"
    r"|\b(?:grew|grown) up\b|\braised (?:with|in|under|by)\b|\b(?:child|children|adoptee) of (?:the )?$"
    r"|\bas a (?:child|boy|girl|teen|teenager) (?:in|under|with|during)$"
    r"|\b(?:left|quit|resigned from) (?:a|an|the|my) (?:\w+ ){1,2}(?:that|which|where|who)\b"
    r"|\b(?:recover(?:y|ing|ed)?|heal(?:ing|ed)?|free|far|away|differ|different|escape|escaped|refugee) from\b"
    r"|\b(?:steer clear of|free of|nothing to do with|not to be confused with|no place for|no room for|ban on|banned"
    r"|outlawed|prohibit|prohibited|forbid|forbade|no)$"
    r"|\b(?:nothing to do with|not to be confused with|contrast to|contrast with|turn(?:ed)? away from)\b"
)
_TURN = re.compile(
    r".*(?:[;:]|\b(?:but|however|yet|although|though|except|unless|until|when|while|without|only|instead(?! of)|i|we"
    r"|try|choose|start|book|come to|discover|learn|and (?:use|offer|practi[cs]e|provide|teach|love|try)|to try)\b)"
)
_WITHOUT = re.compile(
    r"\bwithout(?: any| ever)?(?: (?:use|using|the use of|offering))?(?: [\w-]+(?: \w+)? [,]? ?(?:or|and))?$"
)
_NEGATED = re.compile(r"\b(?:not|never|no|cannot|nothing|nobody|impossible|hard|\w+nt)\b")
# What follows the name and condemns it: "… is harmful", "… has no place here", "… is not something I offer".
_IT = r"^(?: therapy| session| method| practice| technique)?"
_IS = (
    r"(?:is|are|was|were|has|have|had|has been|have been|can be|can|should|should be|may be)"
    r"(?: (?!not|never)\w+ly| all| both| now)*"
)
_CONDEMNED = re.compile(
    rf"{_IT} {_IS} (?:harmful|dangerous|abusive|unsafe|discredited|banned|illegal|outlawed|condemned|rejected"
    rf"|unethical"
    r"|coercive|traumatic|cruel|wrong|harmed|hurt|killed|injured|traumatized|no place|no part|no role|no evidence"
    r"|abuse|torture"
    r"|violence)\b"
    rf"|{_IT} {_IS} (?:not|never)(?: \w+ly| ever| been| be)* (?:part of my|part of our|something i|something we"
    rf"|offered|used"
    r"|practi[cs]ed|provided|allowed|recommended|supported|safe|ethical|evidence)\b"
    rf"|{_IT} (?:killed|harmed|hurt|injured|traumatized)\b"
    r"|\b(?:answer is(?: \w+)? no|say no|said no)\b"
)
# What follows a denied name and takes the denial back.
_OWNS_IT = (
    r"\b(?:i|we)(?: still| sometime| often| also| now| alway| do| will| can| may| only| gladly| later)*"
    r" (?:use|offer|practi[cs]e|provide|teach|recommend|rely on|return to|came back to|believe in|love|do|keep"
    r"|continue)"
    r" (?:it|them|thi|that|one|both|so|using|offering|practi[cs]ing)\b"
    r"|\b(?:now|today|still|again|later) (?:use|offer|practi[cs]e|provide|teach|recommend|love) (?:it|them|thi"
    r"|that)\b"
)
_TURNED_AFTER = re.compile(
    r"^(?:(?! (?:[,;:]|because|as|since|so|and|who|where|but) ).)*?"
    r" (?:without|unless|except|until|lightly|alone|only|on it own|by itself|carelessly|every day)\b"
    rf"|{_OWNS_IT}"
    r"|\b(?:but|yet|however|though|although|except|[;:])(?: \w+){0,6}? (?:i|we)(?: still| sometime| often| also"
    r"| now)*"
    r" (?:do|will|can|may|have|did)\b(?! (?:not|never|have)\b)(?! (?:offer|use|practi[cs]e|provide|teach|recommend"
    r"|believe"
    r"|work|welcome|love|help|support|see|meet|invite|listen|ask|build|draw|play|like|care|enjoy|train|study)\b"
    r"(?! (?:it|them|that|thi|so)\b))"
)
# "The critics of … are wrong": a denial that is itself denied.
_DISMISSED = re.compile(
    r"^ (?:is|are|was|were|has been|have been)(?: \w+ly| all| just| only)*"
    r" (?:wrong|mistaken|exaggerated|overblown|unfair|misunderstood|unfounded|misguided|nonsense|lie|a myth|over)\b"
)
_ABOUT = re.compile(r"\b(?:critic|critique|danger|harm|risk|ban|fear|against|on)(?: of)?(?: the)?$")
_LAST_OF_A_LIST = re.compile(r"(?<!,) (?:and|or|nor)(?: \w+)?$|, (?:or|nor)(?: \w+)?$")
# "… years ago and left": the past counts when it is said to be over.
_LEFT = re.compile(
    r"\b(?:left|quit|stopped|walked away|turned away|moved away|moved on|gave (?:it|that|them) up|given (?:it"
    r"|that) up"
    r"|abandoned|renounced|rejected|regret|regretted|no longer|would never|will never|never again|put (?:it"
    r"|that) behind)\b"
)
_USED_TO = re.compile(
    r"\bused to (?:use|offer|practi[cs]e|provide|teach|recommend|do|believe in|work with)\b(?: \w+){0,3}$"
)
_STILL = re.compile(
    r"\b(?:still|again|to thi day|every day|daily|today i (?:use|offer)|now i (?:use|offer)|and now (?:use|offer"
    r"|teach))\b"
)
_CLAUSE = re.compile(r".*(?:;|\b(?:but|however|yet|although|though|except)\b)")
# Somebody else's words, a title, or a name that is held at arm's length.
_TELLER = (
    r"(?:parent|mother|father|mom|dad|client|couple|adoptee|teen|caller|reader|people|family|someone|somebody|they"
    r"|she|he"
    r"|friend|colleague|adult|reporter|student|you)"
)
_RETOLD = re.compile(
    rf"\b{_TELLER}(?: \w+){{0,5}}? (?:ask|asked|asking|wonder|wondered|heard|hear|read|worry|worried|confuse|mention"
    r"|mentioned|call|called|told|said|say|tell|wrote|describe|described|remember|recall|fear)\b"
    r"|\bso called\b|\b(?:once|formerly|wa|was|were|been) (?:\w+ )?(?:called|known as|sold as|named)\b"
    r"|\bthe (?:term|word|phrase|label|name)\b|\bunder the name\b"
    r"|\b(?:harm\w*|abus\w*|coerc\w*|discredit\w*|danger\w*|debunk\w*|unsafe|cruel|fringe|controversial|punitive)\b.*"
    r"\b(?:called|known as|named|like|such as|includ\w+)\b"
    r"|\b(?:book|article|chapter|paper|film|documentary|essay|report|memoir|study|podcast|thesis)\b"
    r"|\b(?:confused|confuse|confusing|mistake|mistaken|mistook) (?:\w+ ){0,4}(?:with|for)\b"
)
_RETOLD_AFTER = re.compile(
    rf"(?: [,;:])? (?:\w+ )?(?:\w+ )?(?:{_TELLER} (?:once |\w+ )?(?:told|said|say|wrote|asked|recall|remember)"
    rf"|(?:told|said|say|wrote|asked|recall|remember) (?:\w+ )?{_TELLER})\b"
)
_OWNED = re.compile(
    r"\b(?:my|our|her|hi) (?:\w+ ){0,2}$"
    r"|(?<!whether )(?<!if )\b(?:i|we)(?: \w+){0,2}? (?:use|offer|practi[cs]e|provide|teach|specialize|love|follow|do"
    r"|recommend|facilitate|lead|bring|integrate|combine|am|train)\b(?! (?:not|never|asked|often asked"
    r"|sometime asked)\b)"
    r"|\b(?:my|our) (?:\w+ )?(?:\w+ )?(?:method|approach|practice|work|program|specialty|model|training|technique"
    r"|process|session|workshop|retreat|service)\b"
    r"|\b(?:teaches|teach|show how|guide to|how to|learn|try)\b(?: \w+){0,3}$"
)
_LIKED = re.compile(
    r"^.*\|(?: therapy| session| method| practice)?(?: \w+ly| has| ha)* (?:work|worked|help|helped|calm|calmed|heal"
    r"|healed)\b|"
    r"\b(?:saved|healed|changed|helped|miracle|loved|wonderful|amazing|effective|successful|best|gift|call me"
    r"|book now)\b"
)


def is_at_arms_length(before: str, after: str) -> bool:
    """Whether the words around a name, in its sentence, deny it, tell that it is over, or quote somebody.

    `before` and `after` are folded words in the singular, parted by single spaces; `after` starts with one.
    """
    if _TURNED_AFTER.search(after) or (_ABOUT.search(before) and _DISMISSED.search(after)):
        return False
    if _denied(before, after):
        return True
    if (_LEFT.search(after) or _USED_TO.search(before)) and not _STILL.search(after):
        return True
    told = _RETOLD.search(_CLAUSE.sub("", before)) or _RETOLD_AFTER.search(after)
    return bool(told) and not _OWNED.search(before) and not _LIKED.search(f"{before} |{after}")


def _reaches(between: str, after: str) -> bool:
    """Whether what a denial names goes on to the term: over a comma only in a list ("A, B or C", not "A, C is …")."""
    if "," not in between:
        return True
    if _LAST_OF_A_LIST.search(between):
        return True
    return not after.strip() or after.startswith((" ,", " or ", " and ", " nor "))


def _denied(before: str, after: str) -> bool:
    clause = _TURN.sub("", before)
    if (denial := _DENIAL.search(clause)) and _reaches(clause[denial.end() :], after):
        return True
    without = _WITHOUT.search(before)
    if without and not _NEGATED.search(f"{before[: without.start()]} | {after}"):
        return True
    return bool(_CONDEMNED.search(after))
