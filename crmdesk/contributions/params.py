"""Parameters of an analysis: one pydantic class gives form, options, validation and the stored run."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypedDict, cast

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["RESERVED", "Field", "FormHints", "Params", "form_hints"]

RESERVED = frozenset({"seed", "as_of", "out", "json", "file", "user", "passphrase_file", "inline"})


class FormHints(TypedDict, total=False):
    """What a field may tell the desk's form in `json_schema_extra`; the command line knows nothing of it."""

    advanced: bool  # under "More settings", folded
    when: dict[str, list[Any]]  # shown only while each of these parameters has one of its values
    kind: Literal["file", "choices"]  # of a text: a file to choose, or a comma list of some of `choices`
    choices: list[str]


class Params(BaseModel):
    """Base of an analysis's parameters.

    `seed` and `as_of` are set by the host and stored apart; a subclass may not redefine the reserved names.
    `as_of` is an ISO date: the last day whose data the frame holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    seed: int = Field(7, ge=0, lt=2**32, title="Seed", description="Same seed, same result.")
    as_of: str | None = Field(None, title="As of", description="Last day of the data, ISO date.")
    _host: ClassVar[frozenset[str]] = frozenset({"seed", "as_of"})

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        clash = RESERVED & set(cls.__annotations__)
        if clash:
            raise TypeError(f"{cls.__name__} uses reserved parameter names: {', '.join(sorted(clash))}.")
        for name, info in cls.model_fields.items():
            if unknown := set(form_hints(info).get("when", {})) - set(cls.model_fields):
                raise TypeError(f"{cls.__name__}.{name} is shown by parameters that do not exist: {sorted(unknown)}.")

    @classmethod
    def own_fields(cls) -> dict[str, Any]:
        """The analysis's own fields by name, in the order written, without those the host sets."""
        return {name: info for name, info in cls.model_fields.items() if name not in cls._host}

    def own(self) -> dict[str, Any]:
        """The analysis's own values, JSON-ready: what a stored run keeps as `params`."""
        return {k: v for k, v in self.model_dump(mode="json").items() if k not in self._host}


def form_hints(info: Any) -> FormHints:
    """What a field tells the form; empty where it tells nothing, or where its extra is a function."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return cast(FormHints, {name: extra[name] for name in FormHints.__annotations__ if name in extra})
