"""
What schemathesis is told besides the OpenAPI document (`npm run fuzz`, commands/fuzz/).

FUZZ_KNOWN names a JSON file with what the run knows: the API's address, who signs in (or nobody), and values of fields
that random texts never hit: ids of things that are there, moments, symbols, cursors.
"""

import json
import os
import random
import urllib.request
import zlib

import schemathesis

with open(os.environ["FUZZ_KNOWN"], encoding="utf-8") as file:
    KNOWN = json.load(file)
TOKENS = list(KNOWN["tokens"])
SIGN_IN = KNOWN.get("signIn")
# Only in runs that send nothing but what the document allows: elsewhere a wrong value would be put right again.
SUBSTITUTE = KNOWN["substitute"]


def sign_in():
    """From an address of its own each time: failed sign-ins that are sent on purpose must not lock the run out."""
    address = ".".join(["10"] + [str(random.randint(1, 250)) for _ in range(3)])
    request = urllib.request.Request(
        KNOWN["url"] + "/api/auth/login",
        data=json.dumps(SIGN_IN).encode(),
        headers={"content-type": "application/json", "x-forwarded-for": address},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        token = json.load(answer)["token"]
    if not KNOWN["asApiToken"]:
        return token
    made = urllib.request.Request(
        KNOWN["url"] + "/api/tokens",
        data=json.dumps({"name": "fuzz"}).encode(),
        headers={"content-type": "application/json", "authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(made, timeout=20) as answer:
        return json.load(answer)["token"]


if KNOWN["tokens"] or SIGN_IN:

    @schemathesis.auth(refresh_interval=None)
    class Bearer:
        def get(self, case, context):
            if not TOKENS:
                TOKENS.append(sign_in())
            return TOKENS[0]

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def after_call(context, case, response):
    """A sign-in that the run itself has ended (sign-out, sessions, password) is followed by a new one."""
    sent = response.request.headers.get("Authorization") if response.request is not None else None
    if response.status_code == 401 and SIGN_IN and TOKENS and sent == f"Bearer {TOKENS[0]}":
        TOKENS.clear()


def pick(name, value, choices):
    """One of the choices, or in a third of the cases the value as it is; the same for the same value."""
    number = zlib.crc32(f"{name} {value!r}".encode("utf-8", "surrogatepass"))
    return value if number % 3 == 0 else choices[number % len(choices)]


def substituted(fields, values):
    if not isinstance(fields, dict):
        return fields
    return {
        name: pick(name, value, values[name])
        if name in values
        else substituted(value, values)
        for name, value in fields.items()
    }


def values_of(context):
    return {**KNOWN["values"], **KNOWN["values"].get(context.operation.path, {})}


if SUBSTITUTE:

    @schemathesis.hook
    def map_path_parameters(context, path_parameters):
        ids = KNOWN["ids"].get(context.operation.path)
        if not ids or not path_parameters:
            return path_parameters
        return {name: pick(name, value, ids) for name, value in path_parameters.items()}

    @schemathesis.hook
    def map_query(context, query):
        return substituted(query, values_of(context))

    @schemathesis.hook
    def map_body(context, body):
        return substituted(body, values_of(context))


@schemathesis.check
def explicit_status(ctx, response, case):
    """The document's `default` answer covers whatever is not named; here every status has to be named."""
    documented = case.operation.definition.raw["responses"]
    if response.status_code != 405 and str(response.status_code) not in documented:
        raise AssertionError(f"{response.status_code} is not among the documented {sorted(documented)}")


@schemathesis.check
def nothing_of_others(ctx, response, case):
    """Nobody but an administrator is told anything of another user."""
    for name, secret in KNOWN["others"].items():
        if secret.encode() in response.content:
            raise AssertionError(f"the answer holds another user's {name}")
