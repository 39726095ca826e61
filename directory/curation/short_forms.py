"""Everyday forms of given names, common ones of the United States: one name a line, the whole form first. Pure data.

By our own list. A short form may stand for two names: Chris is christopher or christina, and may be either.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = """
abigail abby abbie
alexander alex alec xander
alexandra alexa lexi
andrew andy drew
anthony tony
barbara barb barbie
benjamin ben benny
catherine cathy katherine kathryn kathleen kate katie kathy kat cat
charles charlie chuck chas
charlotte lottie
christina christine tina chris chrissy christy
christopher chris topher kris
cynthia cindy
daniel dan danny
david dave davey
deborah debra deb debbie
donald don donnie
dorothy dot dottie
edward ed eddie ted ned
eleanor ellie nora
elizabeth elisabeth liz lizzie beth betsy betty eliza libby
emily em emmy
eugene gene
florence flo
francis frank frankie
frederick fred freddie
gabriel gabe
gabriela gabriella gaby
gerald gerry jerry
gregory greg
gwendolyn gwen
harold harry hal
henry hank
isabel isabella isabelle bella
jacob jake
jacqueline jackie
james jim jimmy jamie
jeffrey jeff geoffrey geoff
jennifer jen jenn jenny
jessica jess jessie
john johnny jack
jonathan jon jonny
joseph joe joey
joshua josh
judith judy
kenneth ken kenny
kimberly kim
lawrence larry
leonard len lenny leo
lillian lily lillie
lucille lucy
madeline maddie
margaret maggie meg megan peggy marge
matthew matt
melissa mel missy
michael mike mikey mick
mitchell mitch
nancy nan
natalie nat
natasha tasha
nathaniel nathan nate
nicholas nick nicky
nicole nikki
olivia liv
pamela pam
patricia pat patty tricia trish
patrick paddy
peter pete
philip phillip phil
phyllis phyl
priscilla cilla
rachel rae
raymond ray
rebecca becky becca
reginald reggie
richard rick ricky rich dick
robert rob robbie bob bobby bert
roberta robbi
ronald ron ronnie
rosemary rose rosie
russell russ
samantha sammie
samuel sam sammy
sarah sara sadie
stephanie steph
stephen steven steve
susan sue susie suzanne
theodore theo teddy
theresa teresa terri tess
thomas tom tommy
timothy tim timmy
valerie val
vanessa nessa
veronica ronnie
victor vic
victoria vicky tori
vincent vince
virginia ginny
walter walt
wanda wendy
william will bill billy willie liam
zachary zach zack
"""


def _roots() -> dict[str, frozenset[str]]:
    roots: dict[str, set[str]] = {}
    for group in GROUPS.split("\n"):
        for name in group.split():
            roots.setdefault(name, set()).add(group.split()[0])
    return {name: frozenset(whole) for name, whole in roots.items()}


#: Short or whole form → the whole forms it may stand for.
ROOTS: Final = _roots()
