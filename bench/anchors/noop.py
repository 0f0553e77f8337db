"""A Celery task that does nothing: what the queue itself can carry."""

import os

from celery import Celery

app = Celery("noop", broker=os.environ["IKB_REDIS_URL"])
app.conf.task_ignore_result = True


@app.task
def nothing() -> None:
    """Nothing."""
