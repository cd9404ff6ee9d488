"""What a process that a test starts must know to work on the test's own database."""

import os

from django.db import connection


def environment() -> dict[str, str]:
    """This process's, with the test's database."""
    parameters = connection.get_connection_params()
    address = f"{parameters.get('user', '')}@/{parameters['dbname']}?host={parameters['host']}"
    return os.environ | {"DATABASE_URL": f"postgresql://{address}"}
