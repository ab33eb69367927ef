"""Where files lie: resources of the program, the user's config folder, the files beside a bank."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(*name: str) -> Path:
    """A file under resources/: inside the installed package, or beside it in a checkout."""
    packed = _PACKAGE.joinpath("_resources", *name)
    return packed if packed.exists() else _PACKAGE.parent.joinpath("resources", *name)


def config_folder() -> Path:
    """The user's settings of crmdesk (`CRMDESK_CONFIG` overrides); made when first needed."""
    override = os.environ.get("CRMDESK_CONFIG")
    if override:
        folder = Path(override)
    else:
        import platformdirs

        folder = Path(platformdirs.user_config_dir("crmdesk", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def demo_file() -> Path:
    """Where `crmdesk demo` keeps its bank unless told otherwise."""
    override = os.environ.get("CRMDESK_DEMO")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_data_dir("crmdesk", appauthor=False)) / "gemstone.crmdesk"


def beside(bank: Path, ending: str) -> Path:
    """A file that travels with a bank: `beside(Path("b.crmdesk"), "keys")` is b.crmdesk.keys."""
    return bank.with_name(f"{bank.name}.{ending}")
