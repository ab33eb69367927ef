"""The command for the people who sign in: a second person, new ones, roles, one-time passwords, an end."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from crmdesk.cli.bank import File, Json
from crmdesk.cli.guard import NewFile, recover
from crmdesk.cli.output import answer, chosen_passphrase, grid, me, opened, options
from crmdesk.domain import passwords
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Role
from crmdesk.services import assigning, sign_in, users
from crmdesk.services.new_user import NewUser, words

COLUMNS = ("login", "name", "branch", "roles", "since", "ended", "one_time", "can_sign_in", "last_sign_in",
           "locked_until", "me")  # fmt: skip
RECOVER = "recover"  # the one verb of who cannot sign in
ROLES = ", ".join(Role)
SHORT = {"rm": Role.RELATIONSHIP_MANAGER, "an": Role.ANALYST, "mk": Role.MARKETING, "ad": Role.ADMIN,
         "au": Role.AUDITOR}  # fmt: skip


def people(
    file: File,
    verb: Annotated[
        str,
        typer.Argument(
            metavar="[VERB]", help="list, second, add, roles, move, assign, reset, end, reopen, recover or password."
        ),
    ] = "list",
    login: Annotated[str, typer.Argument(metavar="[NAME]", help="The name the person signs in with.")] = "",
    name: Annotated[str, typer.Option(help="The person's own name.")] = "",
    branch: Annotated[str, typer.Option(metavar="CODE", help="Where the person works; assign: whose customers.")] = "",
    of: Annotated[str, typer.Option(metavar="NAME", help="assign: the customers of a colleague who left.")] = "",
    role: Annotated[list[str] | None, typer.Option(metavar="ROLE", help=f"Repeatable: {ROLES}.")] = None,
    my_login: Annotated[str, typer.Option("--me", metavar="NAME", help="second: the name you sign in with.")] = "",
    my_name: Annotated[str, typer.Option(help="second: your own name.")] = "",
    my_role: Annotated[list[str] | None, typer.Option(metavar="ROLE", help="second: your roles, repeatable.")] = None,
    new_passphrase_file: NewFile = "",
    json: Json = False,
) -> None:
    """The people of a bank and their roles; `second` turns sign-in on for good, `password` changes your own."""
    if verb not in (*VERBS, RECOVER):
        raise BadInput(f"'{verb}' is nothing to do with a person; known: {', '.join((*VERBS, RECOVER))}.")
    if (verb in ("list", "password")) == bool(login):
        raise BadInput(f"{verb} is about " + ("nobody else; leave the name out." if login else "one person: name it."))
    if verb == RECOVER:
        recover(file, login.strip(), new_passphrase_file, json)
        return
    other = NewUser(login, name, branch, _roles(role))
    mine = NewUser(my_login, my_name, "", _roles(my_role))
    with opened(file, unready=verb == "password") as app:
        document, text = VERBS[verb](app, _Wish(file, other, mine, new_passphrase_file, of))
    answer(document, json, text)


class _Wish:
    """What was asked of a verb."""

    def __init__(self, file: Any, other: NewUser, mine: NewUser, new_passphrase_file: str, of: str) -> None:
        self.file, self.other, self.mine, self.new_passphrase_file = file, other, mine, new_passphrase_file
        self.of = of


Answer = tuple[dict[str, Any], str]


def _list(app: Any, wish: _Wish) -> Answer:
    found = users.users(app, me())
    rows = [{c: sorted(u.roles) if c == "roles" else getattr(u, c) for c in COLUMNS} for u in found]
    shown = [[u.login, u.name, u.branch, words(u.roles), _state(u), "yes" if u.me else ""] for u in found]
    return {"users": rows}, grid(["login", "name", "branch", "roles", "state", "me"], shown)


def _second(app: Any, wish: _Wish) -> Answer:
    """The computer's account becomes the person who gives the command; the other one gets a one-time password."""
    place = wish.new_passphrase_file or options.passphrase_file
    own = options.given or chosen_passphrase(place, "Your password from now on")
    given = passwords.one_time()
    mine = NewUser(wish.mine.login, wish.mine.name, wish.mine.branch, wish.mine.roles, own)
    other = NewUser(wish.other.login, wish.other.name, wish.other.branch, wish.other.roles, given, one_time=True)
    users.second_person(app, me(), mine, other, cost=options.cost)
    text = f"From now on {wish.file} asks who is there; sign in with --user {mine.login.strip()}."
    return {"login": other.login.strip(), "password": given}, f"{text}\n{_shown(other.login.strip(), given)}"


def _add(app: Any, wish: _Wish) -> Answer:
    return _one_time(users.add(app, me(), wish.other, cost=options.cost))


def _change(app: Any, wish: _Wish) -> Answer:
    users.change_roles(app, me(), wish.other.login, wish.other.roles)
    return _said(wish, f"{wish.other.login} is {words(wish.other.roles)} from now on.")


def _move(app: Any, wish: _Wish) -> Answer:
    users.move(app, me(), wish.other.login, wish.other.branch)
    return _said(wish, f"{wish.other.login} works in {wish.other.branch or 'no branch'} from now on.")


def _assign(app: Any, wish: _Wish) -> Answer:
    login, branch = wish.other.login, wish.other.branch
    if not branch:
        waits = [f"{one.branch} ({one.count:,}{f' of {one.of}' if one.of else ''})" for one in
                 assigning.waiting(app, me())]  # fmt: skip
        raise BadInput(f"Name the branch with --branch; without a manager are: {', '.join(waits) or 'nobody'}.")
    done = assigning.assign(app, me(), login, branch, of=wish.of)
    text = f"{login} looks after {done.count:,} more customer{'' if done.count == 1 else 's'} from now on."
    return {"login": login, "branch": branch, "of": wish.of, "count": done.count}, text


def _reset(app: Any, wish: _Wish) -> Answer:
    return _one_time(users.reset_password(app, me(), wish.other.login, cost=options.cost))


def _end(app: Any, wish: _Wish) -> Answer:
    users.end(app, me(), wish.other.login)
    return _said(wish, f"{wish.other.login} does not work here any more; nothing opens for that name.")


def _reopen(app: Any, wish: _Wish) -> Answer:
    return _one_time(users.reopen(app, me(), wish.other.login, wish.other.roles, cost=options.cost))


def _password(app: Any, wish: _Wish) -> Answer:
    new = chosen_passphrase(wish.new_passphrase_file, "New password")
    sign_in.change_password(app, me(), options.given, new, cost=options.cost)
    return {"login": me().login}, "Your password is changed."


VERBS: dict[str, Callable[[Any, _Wish], Answer]] = {
    "list": _list, "second": _second, "add": _add, "roles": _change, "move": _move, "assign": _assign, "reset": _reset,
    "end": _end, "reopen": _reopen, "password": _password,
}  # fmt: skip


def _roles(typed: list[str] | None) -> frozenset[Role]:
    found = set()
    for word in typed or ():
        plain = word.strip().lower().replace(" ", "_").replace("-", "_")
        if plain not in SHORT and plain not in set(Role):
            raise BadInput(f"'{word}' is no role; known: {ROLES}.")
        found.add(SHORT.get(plain) or Role(plain))
    return frozenset(found)


def _said(wish: _Wish, text: str) -> Answer:
    return {"login": wish.other.login}, text


def _one_time(given: users.OneTime) -> Answer:
    return {"login": given.login, "password": given.password}, _shown(given.login, given.password)


def _shown(login: str, password: str) -> str:
    return f"{login} signs in with this password once, and then chooses an own one: {password}"


def _state(user: users.User) -> str:
    if user.ended is not None:
        return f"left {user.ended:%Y-%m-%d}"
    if user.locked_until is not None:
        return f"paused until {user.locked_until.astimezone():%H:%M}"
    if not user.can_sign_in:
        return "no password"
    return "one-time password" if user.one_time else ""


def register(program: typer.Typer) -> None:
    program.command("user")(people)
