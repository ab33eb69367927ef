"""Invented people and places: every name is made of syllables, every address lies in no country."""

from __future__ import annotations

from typing import Final

FEMALE: Final = (
    "Ada", "Alma", "Ayşe", "Bella", "Carla", "Chloé", "Dilek", "Edda", "Elif", "Emma", "Fatma", "Freya", "Greta",
    "Hanna", "Ilse", "Ines", "Jana", "Käthe", "Lale", "Lena", "Lucía", "Maja", "Mira", "Nora", "Olga", "Petra",
    "Rosa", "Selma", "Tilda", "Zoë",
)  # fmt: skip
MALE: Final = (
    "Adem", "Anton", "Björn", "Carl", "Cem", "David", "Emil", "Enzo", "Felix", "Georg", "Hakan", "Henri", "Ivo",
    "Jan", "José", "Kemal", "Leo", "Luka", "Marek", "Mehmet", "Noah", "Otto", "Paul", "Pierre", "Rafael", "Sören",
    "Theo", "Uwe", "Victor", "Yusuf",
)  # fmt: skip
FAMILY_FIRST: Final = (
    "Al", "Bar", "Ber", "Dal", "Eck", "Fal", "Gran", "Hol", "Jor", "Kal", "Lind", "Mar", "Nor", "Ost", "Pel", "Quin",
    "Ros", "Sand", "Tal", "Ulm", "Var", "Wes", "Yıl", "Zim", "Öz", "Åk", "Çel", "Mül",
)  # fmt: skip
FAMILY_LAST: Final = (
    "bach", "berg", "by", "dal", "demir", "er", "feld", "gård", "han", "ikson", "kaya", "ler", "lund", "mann", "maz",
    "moor", "nard", "oğlu", "quist", "rell", "son", "stein", "tas", "ton", "ström", "vik", "ward", "wood",
)  # fmt: skip
COMPANY: Final = ("Bakery", "Builders", "Cycles", "Dental Care", "Farm", "Foods", "Garage", "Hotel", "Press")
STREETS: Final = ("Amber Street", "Beryl Lane", "Citrine Road", "Garnet Way", "Jasper Row", "Onyx Place", "Opal Avenue",
                  "Pearl Street", "Quartz Road", "Ruby Square", "Topaz Street", "Zircon Close")  # fmt: skip
CITIES: Final = (
    ("Gemhaven", "1000"), ("Opalton", "2100"), ("Rubydale", "3200"), ("Garnet Cross", "4300"),
    ("Amberley Falls", "5400"), ("Topazford", "6500"), ("Jasperwick", "7600"), ("Québrac-sur-Onyx", "8700"),
)  # fmt: skip
COUNTRY: Final = "XG"  # ISO 3166 leaves XA to XZ to private use
OCCUPATIONS: Final = ("clerk", "craft", "education", "engineering", "farming", "health", "management", "retail",
                      "retired", "self-employed", "services", "student", "transport", "unemployed")  # fmt: skip
EDUCATION: Final = ("primary", "secondary", "vocational", "university")
SOURCES: Final = ("branch", "web", "referral", "campaign")
