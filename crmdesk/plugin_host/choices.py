"""What the person chose about plugins, kept in `plugins.json` of the config folder."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FILE_NAME: Final = "plugins.json"
_log = logging.getLogger(__name__)


@dataclass
class Choices:
    """Disabled ids with the reason, and how often in a row a window hook (`id/kind`) was slow."""

    folder: Path
    disabled: dict[str, str] = field(default_factory=dict)
    slow: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Choices:
        """The choices in a folder; a missing or damaged file means none, and is said in the log."""
        path = folder / FILE_NAME
        raw: Any = {}
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            disabled = {str(k): str(v) for k, v in raw.get("disabled", {}).items()}
            slow = {str(k): int(v) for k, v in raw.get("slow", {}).items()}
        except FileNotFoundError:
            return cls(folder)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            _log.warning("%s cannot be read, so no plugin counts as disabled: %s", FILE_NAME, error)
            return cls(folder)
        return cls(folder, disabled, slow)

    def write(self) -> None:
        """Replace the file at once, so that a crash leaves the old one or the new one."""
        path = self.folder / FILE_NAME
        part = path.with_suffix(f".{os.getpid()}.part")
        text = json.dumps({"disabled": self.disabled, "slow": self.slow}, indent=1, sort_keys=True)
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(path)

    def enable(self, plugin_id: str) -> None:
        self.disabled.pop(plugin_id, None)
        self.slow = {key: times for key, times in self.slow.items() if key.partition("/")[0] != plugin_id}
        self.write()

    def disable(self, plugin_id: str, reason: str) -> None:
        self.disabled[plugin_id] = reason
        self.write()
