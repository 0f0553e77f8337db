"""What a web process does not need is not loaded with it: each holds its own copy, and a small town has little memory."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import ikb

HEAVY = {"numpy", "scipy"}
WHERE_IT_LIVES = "ikb/core/likeness.py"
ROOT = Path(ikb.__file__).parents[1]
# What a web process needs for some pages only, or never since a task or a process of its own does it (decision 79).
LATE = {
    "alembic", "docx", "holidays", "icalendar", "lxml", "mako", "numpy", "openpyxl", "oxmsg", "PIL", "pypdf", "rapidfuzz",
    "requests", "scipy", "segno", "snowballstemmer", "typst",
}  # fmt: skip
WEB_PROCESS = """
import json, os, sys
from ikb.app import create_app
from ikb.config import Config
from ikb.db import db
from ikb.forking import after_fork, before_fork

app = create_app(Config.from_env(json.loads(sys.argv[1])))
loaded = sorted({name.split(".")[0] for name in sys.modules})
with app.app_context():
    db.engine.connect().close()  # now it lies in the pool
before_fork(app)
if os.fork() == 0:
    after_fork(app)
    with app.app_context():
        taken_over = db.engine.pool.checkedin()
    answer = app.test_client().get("/gesund", base_url="http://127.0.0.1:8000")
    print(json.dumps({"loaded": loaded, "taken_over": taken_over, "status": answer.status_code}), flush=True)
    os._exit(0)
os.wait()
"""


def test_numpy_and_scipy_are_loaded_where_somebody_clusters_and_not_before() -> None:
    loaded = {str(file.relative_to(ROOT)): _at_once(file) for file in (ROOT / "ikb").rglob("*.py")}

    assert {name for name, modules in loaded.items() if {one.split(".")[0] for one in modules} & HEAVY} == {
        WHERE_IT_LIVES
    }
    assert [name for name, modules in loaded.items() if any("ikb.core.likeness" in one for one in modules)] == []


def test_a_web_process_stands_without_what_few_pages_need_and_a_fork_answers_with_connections_of_its_own(
    tmp_path,
) -> None:
    settings = {
        "IKB_ENV": "test",
        "IKB_SECRET_KEY": "only for this one process, and long enough",
        "IKB_DATABASE_URL": f"sqlite:///{tmp_path / 'web.db'}",
        "IKB_BASE_URL": "http://127.0.0.1:8000",
        "IKB_TRUSTED_HOSTS": "127.0.0.1",
        "IKB_SMTP_URL": "smtp://127.0.0.1:9",
        "IKB_MAIL_FROM": "ikb@stadt.example.org",
        "IKB_DATA_DIR": str(tmp_path),
    }

    ran = subprocess.run(
        [sys.executable, "-c", WEB_PROCESS, json.dumps(settings)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    told = json.loads(ran.stdout)
    assert LATE & set(told["loaded"]) == set()
    assert (told["taken_over"], told["status"]) == (0, 200)


def _at_once(file: Path) -> set[str]:
    """What is imported when a module is loaded, as `package.module.name`."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found
