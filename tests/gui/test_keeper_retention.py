"""The window's keeper lets raw import text go once it is 90 days old, before the copy that would hold it."""

from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot
from small_bank import add

from crmdesk.desk.frame import Frame
from crmdesk.services import autobackup, retention


def test_the_keeper_removes_what_is_past_its_time(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    with app.store.write() as session:
        for key, days in ((1, 100), (2, 10)):
            at = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")
            add(session, "import_batch", [{"id": key, "profile": "standard", "source": "s", "by": "ela", "at": at}])
            add(session, "quarantine", [{"batch_id": key, "file": "c.csv", "row": 2, "column": "email", "code": "type",
                                         "reason": f"'zoe{key}' is no e-mail", "raw": f"zoe{key}"}])  # fmt: skip
    done: list[bool] = []
    desk.keeper.keep(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    with app.store.reader() as raw:
        assert [row[0] for row in raw.execute("SELECT raw FROM quarantine ORDER BY id")] == [None, "zoe2"]
    (copy,) = autobackup.copies(app, actor)
    held = copy.file.read_bytes()
    assert b"zoe1" not in held and b"zoe2" in held
    assert not retention.due(app, actor, "quarantine")
