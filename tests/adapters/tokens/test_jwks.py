"""Reading of published key sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.issuer import Issuer, private_key, public_members, signature
from tests.support.token_forge import as_json, encode
from todo_adapters.tokens.jwks import KeySetUnusable, read_key_set

ALGORITHMS = ("EdDSA", "ES256", "RS256", "PS256")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_verifies_its_own_signatures_only(algorithm: str) -> None:
    issuer = Issuer()
    issuer.add("one", algorithm)
    key = read_key_set(issuer.key_set()).by_id["one"]
    true = signature(algorithm, private_key(algorithm), b"text")
    assert key.algorithm == algorithm
    assert key.verify(b"text", true)
    assert not key.verify(b"other", true)
    for false in (b"", true[:-1], true + b"\0", bytes(len(true)), b"x" * 5000):
        assert not key.verify(b"text", false)


@pytest.mark.parametrize(("kind", "algorithm"), [("EdDSA", "EdDSA"), ("ES256", "ES256"), ("RSA", "RS256")])
def test_a_key_without_an_algorithm_gets_the_one_of_its_kind(kind: str, algorithm: str) -> None:
    entry = {"kid": "one", **public_members(private_key(kind))}
    assert read_key_set(as_json({"keys": [entry]})).by_id["one"].algorithm == algorithm


GOOD = {"kid": "one", "alg": "EdDSA", **public_members(private_key("EdDSA"))}
EC = {"kid": "one", "alg": "ES256", **public_members(private_key("ES256"))}
RSA = {"kid": "one", "alg": "RS256", **public_members(private_key("RS256"))}
WITHOUT_NAME = {name: value for name, value in GOOD.items() if name != "kid"}


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"kid": "one", "kty": "oct", "alg": "HS256", "k": encode(b"k" * 32)}, id="a published secret"),
        pytest.param({"kid": "one", "kty": "oct", "alg": "EdDSA", "k": encode(b"k" * 32)}, id="oct in disguise"),
        pytest.param({**RSA, "alg": "HS256"}, id="RSA key for HMAC"),
        pytest.param({**RSA, "alg": "RS512"}, id="another RSA algorithm"),
        pytest.param({**RSA, "alg": "EdDSA"}, id="RSA key for EdDSA"),
        pytest.param({**RSA, "alg": None}, id="null algorithm"),
        pytest.param({**RSA, "alg": ["RS256"]}, id="list of algorithms"),
        pytest.param({**RSA, "alg": "none"}, id="no algorithm"),
        pytest.param(
            {"kid": "one", "alg": "RS256", **public_members(private_key("RS256", bits=1024))}, id="weak RSA key"
        ),
        pytest.param({**RSA, "n": encode(b"\xff" * 2048)}, id="RSA key that costs too much"),
        pytest.param({**RSA, "e": "AQ"}, id="RSA exponent 1"),
        pytest.param({**RSA, "n": 5}, id="RSA modulus that is a number"),
        pytest.param({**EC, "crv": "secp256k1", "alg": "ES256K"}, id="another curve"),
        pytest.param({**EC, "crv": "P-384", "alg": "ES256"}, id="curve of another algorithm"),
        pytest.param({**EC, "y": EC["x"]}, id="a point off the curve"),
        pytest.param({**EC, "x": None}, id="null coordinate"),
        pytest.param({**GOOD, "x": "AAAA"}, id="short key"),
        pytest.param({**GOOD, "crv": "Ed448"}, id="Ed448"),
        pytest.param({**GOOD, "crv": {}}, id="curve that is an object"),
        pytest.param({**GOOD, "kty": ["OKP"]}, id="kind that is a list"),
        pytest.param({**GOOD, "use": "enc"}, id="for encryption"),
        pytest.param({**GOOD, "use": None}, id="null use"),
        pytest.param({**GOOD, "key_ops": ["sign"]}, id="for signing only"),
        pytest.param({**GOOD, "key_ops": "verify"}, id="operations that are a text"),
        pytest.param({**GOOD, "d": encode(b"d" * 32)}, id="private key published"),
        pytest.param({**GOOD, "kid": 1}, id="name that is a number"),
        pytest.param(WITHOUT_NAME, id="no name"),
        pytest.param("text", id="no object"),
        pytest.param(None, id="null"),
    ],
)
def test_an_unusable_key_is_left_out(entry: object) -> None:
    other = {**GOOD, "kid": "other"}
    assert set(read_key_set(as_json({"keys": [entry, other]})).by_id) == {"other"}
    with pytest.raises(KeySetUnusable):
        read_key_set(as_json({"keys": [entry]}))


def test_the_first_key_of_a_name_counts() -> None:
    found = read_key_set(as_json({"keys": [RSA, GOOD]})).by_id
    assert found["one"].algorithm == "RS256"


@given(st.binary(max_size=200) | st.sampled_from([b"{}", b"[]", b'{"keys":{}}', b'{"keys":null}', b"<html>"]))
def test_any_other_bytes_are_no_key_set(source: bytes) -> None:
    with pytest.raises(KeySetUnusable):
        read_key_set(source)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from([GOOD, EC, RSA]), st.dictionaries(st.sampled_from([*RSA, *EC, "use", "key_ops"]), JSON))
def test_any_changed_key_is_left_out_or_works(entry: dict[str, object], changes: dict[str, object]) -> None:
    other = {**GOOD, "kid": "the other"}
    for key in read_key_set(as_json({"keys": [entry | changes, other]})).by_id.values():
        assert not key.verify(b"text", b"x" * 64)
