"""A program's line inside a string of JSON, where an agent's tools put most of what they read."""

import json

import pytest

from training.sanitizer import sanitize_payload

PASSWORD = "wiz4rd" + "?79"

LINES_WITH_A_SECRET = [
    f'connect(host="db1", db_password="{PASSWORD}")',
    f'<db host="db1" pass="{PASSWORD}"/>',
    f'export ADMIN_PASSWORD="{PASSWORD}"\nexport X=1',
    f'level=debug msg="conn" api_token="{PASSWORD}" status=ok',
    f'Config{{Host: "db1", ClientSecret: "{PASSWORD}"}}',
    f'<env name="SMTP_PASSWORD" value="{PASSWORD}" />\nmore',
    f'<input type="password" name="pw" value="{PASSWORD}">\nmore',
    f"v_passwd VARCHAR2(50) := '{PASSWORD}';",
    f'login_password {{ "{PASSWORD}" }}',
    f'adminPassword =\n    "{PASSWORD}"',
]
HARMLESS_LINES = [
    "password = None\ntoken = null\nsecret = undefined\n",
    "pwd = os.getcwd()\nPWD=/home/app/project\n",
    'password = ENV.fetch("DB_PASSWORD")\nx = 1',
    "x-ratelimit-remaining-tokens: 149984\nx-ratelimit-reset-tokens: 6ms\n",
    'print("Password: ", end="")',
    "existingSecret: postgres-credentials",
    "Passwords are hashed with argon2id (m=65536, t=3).",
    "mongodb://<username>:<password>@cluster0.mongodb.net/test",
]


@pytest.mark.parametrize("line", LINES_WITH_A_SECRET)
def test_a_secret_is_found_plainly_and_within_json_once_and_twice(line):
    for text in (line, json.dumps({"content": line}), json.dumps({"a": json.dumps({"b": line})})):
        sanitized = sanitize_payload(text).sanitized
        assert PASSWORD not in sanitized
        assert "[REDACTED:" in sanitized


@pytest.mark.parametrize("line", HARMLESS_LINES)
def test_what_holds_no_secret_stays_plainly_and_within_json(line):
    for text in (line, json.dumps({"content": line})):
        assert sanitize_payload(text).sanitized == text


@pytest.mark.parametrize("rest", ["", "\nmore text", "\r\nmore"])
def test_a_user_and_password_cut_before_their_host_are_found_at_the_end_of_a_line(rest):
    url = "postgres://app:" + "HZ8DZQ" + "b4YNA7"
    assert sanitize_payload(url + rest).sanitized == "postgres://app:[REDACTED:PASSWORD]" + rest


def test_a_flag_behind_a_value_is_no_mask():
    secret = "k8TH9gBC" + "b9tpCw4T"
    assert secret not in sanitize_payload(f"password={secret}\U0001f1e9\U0001f1ea").sanitized


HEX, WORD = "5e777e5bf526" + "3a334e1dd991545cea396e2a174a", "rocket" + "803"
FIXED_SHAPES = [
    ("the robot signs with SEC{}", HEX),
    ("secret-token:{}", "72LRAjbaIek" + "S2_gUEmsf"),
    ("Driver={{PostgreSQL}};UID=app;PWD={{{}}};", WORD),
    ("https://api.netlify.com/build_hooks/{}", HEX[:24]),
    ("oc login https://h:6443 -u kubeadmin -p {}", "fkNrz-7nJmc" + "-u58rw-w8SBE"),
    ("<RSAKeyValue><D>{}</D></RSAKeyValue>", HEX),
    ("(Pdb) p passwd\n'{}'", WORD),
    ("${{root password}}    {}", WORD),
    ('const pwd = isProd ? process.env.X : "{}";', WORD),
    ('jwt_secret = os.environ.get("X") or "{}"', WORD),
    ('.basic_auth("app", Some("{}"))', WORD),
    ('var smtpPassword = []byte("{}")', WORD),
    ("Der API-Schl\xfcssel ist {}", "7x2RFY5cAS" + "uXnRrObTi6"),
    ("Just use {} as the password for now.", "p4ssw0rd" + "938"),
    ("log in with user admin and password {}", WORD),
]


@pytest.mark.parametrize(("shape", "secret"), FIXED_SHAPES)
def test_a_secret_in_a_line_of_fixed_shape_is_found_alone(shape, secret):
    text = shape.format(secret)
    (finding,) = sanitize_payload(text).findings
    assert secret in text[finding.start : finding.end]
    assert finding.end - finding.start <= len(secret) + 3
