"""This thread's database connection, without the search that Django's proxy makes at each use of it."""

import threading

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

_thread = threading.local()


def own_connection() -> BaseDatabaseWrapper:
    """What `django.db.connection` stands for in this thread: Django makes one, once, and keeps it.

    The proxy looks it up each time, which is ten calls of Python; on the path of an event that is a price.
    """
    try:
        return _thread.connection
    except AttributeError:
        _thread.connection = connections[DEFAULT_DB_ALIAS]
        return _thread.connection
