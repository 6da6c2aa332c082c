"""Holds the code to docs/architecture.md: floors, kinds, sizes, and one place each."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.access.gate import door_of

ROOT = Path(__file__).resolve().parent.parent
LMS = ROOT / "lms"
DOC = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILES = sorted(LMS.rglob("*.py"))
ORDER = ("rules", "models", "queries", "operations", "forms", "views", "cli")

# Operations whose right is something else than a permission: a link, a password, a code, the
# system's own work; and the reason why.
WITHOUT_LOCK = {
    "accounts.ask_reset": "the public may ask; the link goes to the account's own address",
    "accounts.use_link": "whoever holds the link may",
    "sessions.sign_in": "the password was right",
    "sessions.sign_in_failed": "nobody is signed in",
    "sessions.sign_in_with_code": "the code is the right",
    "sessions.complete": "called when the proof is whole",
    "sessions.abandon": "the half session's own holder",
    "sessions.begin_second_factor": "reached with a right password",
    "sessions.finish_second_factor": "the first code is the right",
    "assessment.keep_reading": "the background worker's own work",
    "publishing.refuse": "the background worker's own work",
    "publishing.keep_findings": "the background worker's own work",
    "publishing.note_progress": "the background worker's own work",
    "publishing.note_uncommitted": "the background worker's own work",
}
# Operations that leave no entry in the trail; and the reason why.
WITHOUT_ENTRY = {
    "learning.mark_read": "reading is nobody's business",
    "learning.take_back": "reading is nobody's business",
    "notebook.write_note": "theirs alone",
    "notebook.highlight": "theirs alone",
    "notebook.bookmark": "theirs alone",
    "notebook.keep_place": "theirs alone",
    "notebook.change_note": "theirs alone",
    "notebook.erase": "theirs alone",
    "learning.answer": "a check is no mark, and nobody's business",
    "learning.reflect": "what they write for themselves is nobody's business",
    "organisations.appoint": "the role it grants is the entry",
    "assessment.save_draft": "a draft is theirs alone",
    "marking.save_draft": "a draft is no mark yet",
    "sessions.begin_second_factor": "nothing counts before the first code",
    "assessment.keep_reading": "made from what is recorded already",
    "publishing.keep_findings": "a check changes nothing",
    "publishing.note_progress": "no act, but how far one is",
    "publishing.note_uncommitted": "the version is recorded; the log says what failed",
}


def floors() -> dict[str, int]:
    """Floor of each feature or ground file, as the document has it."""
    found: dict[str, int] = {}
    block = DOC.split("## Floors")[1].split("```")[1]
    number = 0
    for line in block.strip().splitlines():
        names = line.split()
        if not line.startswith(" " * 5):  # else it goes on where the line before ended
            floor = names.pop(0)
            number = 99 if floor == "roof" else int(floor)
        found |= dict.fromkeys(names, number)
    return found


def limit(of: str) -> int:
    """A limit of the table of sizes."""
    return int(re.search(rf"\| {re.escape(of)} \| (\d+) \|", DOC)[1])


def name_of(path: Path) -> str:
    """Feature or ground file that a path belongs to."""
    return path.relative_to(LMS).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Dotted names that a file imports, at any depth."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node


def own(path: Path) -> list[tuple[str, str]]:
    """(feature, file) of each of our own imports."""
    found = []
    for dotted, _ in imports(path):
        parts = dotted.split(".")
        if parts[0] == "lms" and len(parts) > 1:
            found.append((parts[1], parts[2] if len(parts) > 2 else ""))
    return found


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def operations() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every public operation with its name, such as ``marking.give_mark``."""
    for path in LMS.glob("*/*operations.py"):
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{path.parent.name}.{node.name}", node


def calls(node: ast.AST) -> set[str]:
    """Names of what a piece of code calls: ``record``, ``gate.require``."""
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            found.add(ast.unparse(each.func))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LMS)))
def test_imports_run_down_the_floors(path: Path) -> None:
    known = floors()
    mine = name_of(path)
    if mine == "__init__":
        return
    for theirs, _ in own(path):
        if theirs == mine:
            continue
        level = known[mine] == 99 or known[mine] == 0
        assert known[theirs] < known[mine] or (level and known[theirs] == known[mine]), (
            f"{path.name} on floor {known[mine]} imports {theirs} on floor {known[theirs]}"
        )


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LMS)))
def test_within_a_feature_imports_run_one_way(path: Path) -> None:
    mine = path.stem
    if path.parent == LMS or mine not in ORDER:
        return
    later = set(ORDER[ORDER.index(mine) + 1 :])
    for feature, file in own(path):
        assert feature != path.parent.name or file not in later, f"{mine} imports {file}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LMS)))
def test_no_import_hides_in_a_function_or_behind_type_checking(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner, f"{node.name} imports inside"
    assert "TYPE_CHECKING" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(LMS.rglob("rules.py")), ids=lambda p: p.parent.name)
def test_rules_touch_neither_database_nor_web_nor_clock(path: Path) -> None:
    for dotted, _ in imports(path):
        top = dotted.split(".")[0]
        assert top not in {"flask", "sqlalchemy", "flask_login", "wtforms"}, dotted
        assert not dotted.startswith(("lms.db", "lms.storage", "lms.vault")), dotted
    text = path.read_text(encoding="utf-8")
    assert "now()" not in text
    assert "today()" not in text


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LMS)))
def test_files_and_functions_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= limit("lines in a file"), f"{lines} lines"
    is_view = path.stem.endswith("views")
    most = limit("lines in a view" if is_view else "lines in a function")
    for node in functions(path):
        length = (node.end_lineno or 0) - node.lineno + 1
        assert length <= most, f"{node.name} has {length} lines"
        assert _branches(node) <= limit("branches in a function"), f"{node.name} branches"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LMS)))
def test_no_file_ties_too_many_rooms_together(path: Path) -> None:
    if floors().get(name_of(path)) == 99 or path.name == "__init__.py":
        return
    nodes = {node for dotted, node in imports(path) if dotted.startswith("lms")}
    assert len(nodes) <= limit("own import lines in a file below the roof")


def test_no_feature_has_too_many_files() -> None:
    for folder in (path for path in LMS.iterdir() if path.is_dir() and path.name != "web"):
        count = len([each for each in folder.glob("*.py") if each.name != "__init__.py"])
        assert count <= limit("Python files in a feature"), folder.name


def test_every_file_stands_on_a_floor() -> None:
    names = {name_of(path) for path in FILES} - {"__init__"}
    assert names == set(floors())


def test_init_files_are_empty() -> None:
    for path in LMS.rglob("__init__.py"):
        assert path.read_text(encoding="utf-8") == ""


def test_there_is_one_commit() -> None:
    found = _lines_with(r"\.commit\(\)")
    assert [path for path, _ in found] == ["db.py"], found


def test_there_is_one_clock() -> None:
    assert {path for path, _ in _lines_with(r"datetime\.now\(|utcnow\(|date\.today\(")} == {
        "clock.py"
    }


def test_settings_have_one_reader() -> None:
    assert not _lines_with(r"os\.environ|getenv")


def test_markdown_and_sanitiser_have_one_user() -> None:
    users = {
        str(path.relative_to(LMS))
        for path in FILES
        for dotted, _ in imports(path)
        if dotted.split(".")[0] in {"markdown", "bleach", "pymdownx"}
    }
    assert users == {
        "markup.py",
        "markup_block.py",
        "markup_blocks.py",
        "markup_inline.py",
        "markup_media.py",
        "markup_questions.py",
        "markup_tutors.py",
    }


def test_libraries_that_open_documents_stay_in_the_child_processes() -> None:
    users = {
        str(path.relative_to(LMS))
        for path in FILES
        for dotted, _ in imports(path)
        if dotted.split(".")[0] in {"mammoth", "pypdfium2", "lxml", "pypdf"}
    }
    children = {
        "documents_child.py",
        "documents_unsigned.py",
        "documents_unsigned_word.py",
    }
    assert users == children
    importers = {
        str(path.relative_to(LMS))
        for path in FILES
        for dotted, _ in own(path)
        if f"{dotted}.py" in children
    }
    assert importers <= children


def test_uploads_are_opened_in_one_place() -> None:
    assert {path for path, _ in _lines_with(r"\.stream\.read\(")} <= {
        "assessment/uploads.py",
        "authoring/editing.py",
        "cohorts/roster_views.py",
    }


@pytest.mark.parametrize(
    ("name", "node"), list(operations()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_every_operation_begins_with_the_lock(name: str, node: ast.FunctionDef) -> None:
    if name in WITHOUT_LOCK:
        assert "gate.require" not in calls(node), "take it off the list"
        return
    body = [
        n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
    ]
    first = " ".join(ast.unparse(each) for each in body[:2])
    assert "gate.require(" in first, f"{name} begins with {first[:80]}"


@pytest.mark.parametrize(
    ("name", "node"), list(operations()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_every_operation_leaves_an_entry_in_the_trail(name: str, node: ast.FunctionDef) -> None:
    module = tree(LMS / name.split(".", maxsplit=1)[0] / "operations.py")
    private = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef)}
    reached, todo = set(), [node]
    while todo:
        for call in calls(todo.pop()):
            if call in private and call not in reached:
                reached.add(call)
                todo.append(private[call])
            reached.add(call)
    assert ("record" in reached) != (name in WITHOUT_ENTRY), name


def test_operations_take_the_actor_last_and_by_keyword() -> None:
    for name, node in operations():
        if name in WITHOUT_LOCK:
            continue
        assert [arg.arg for arg in node.args.kwonlyargs][-1:] == ["actor"], name


def test_operations_neither_commit_nor_read_the_request() -> None:
    for path in LMS.glob("*/*operations.py"):
        for dotted, _ in imports(path):
            assert not dotted.startswith(("flask", "werkzeug", "wtforms")), f"{path}: {dotted}"


def test_models_and_queries_do_not_look_at_the_request() -> None:
    for path in [*LMS.glob("*/models.py"), *LMS.glob("*/queries.py")]:
        for dotted, _ in imports(path):
            assert not dotted.startswith(("flask", "werkzeug", "wtforms")), f"{path}: {dotted}"


def test_views_write_no_sql() -> None:
    for path in LMS.rglob("*views.py"):
        for dotted, _ in imports(path):
            assert not dotted.startswith("sqlalchemy"), f"{path}: {dotted}"


def test_kinds_of_rules_are_named_in_rules_alone() -> None:
    """What a rulebook's kind means is worked out in rules; nowhere else does an `if` name it."""
    kinds = re.findall(
        r'kind: Literal\["([a-z_]+)"\]', (LMS / "regulations/profile.py").read_text()
    )
    classes = re.findall(
        r"class (Late\w+|HalfUp|HalfEven|Down|SecondAttempt\w+)\(",
        (LMS / "regulations/profile.py").read_text(),
    )
    assert len(kinds) >= 8
    assert len(classes) >= 8
    for path in [*FILES, *LMS.rglob("*.html")]:
        if path.stem in {"rules", "profile"}:
            continue
        text = path.read_text(encoding="utf-8")
        named = classes if path.suffix == ".py" else []
        for word in (*(f'"{kind}"' for kind in kinds), *named):
            assert word not in text, f"{path.relative_to(LMS)} names {word}"


def test_every_route_has_a_door(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert door_of(app.view_functions[rule.endpoint]) is not None, rule.endpoint


def test_the_walker_sees_a_route_without_a_door(app: Flask) -> None:
    assert door_of(lambda: "open") is None


def _branches(node: ast.FunctionDef) -> int:
    kinds = (ast.If, ast.For, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)
    return sum(isinstance(each, kinds) for each in ast.walk(node))


def _lines_with(pattern: str) -> list[tuple[str, int]]:
    return [
        (str(path.relative_to(LMS)), number)
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line) and not line.strip().startswith("#")
    ]
