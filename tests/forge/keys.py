# SPDX-License-Identifier: BSD-2-Clause
"""keys - keys to sign with, honest and dishonest

RSA is done here with integers, so a forger can hand out what no library would:
e=1, an even modulus, a signature with the modulus added.  Ed25519 and PSS come
from python3-cryptography, loaded when first used."""
import base64
import functools
import hashlib
import math
import os

KEYS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "keys")

# DER of AlgorithmIdentifier and OCTET STRING header, before the digest.
DIGEST_INFO = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
RSA_ENCRYPTION = bytes.fromhex("300d06092a864886f70d0101010500")
ED25519_L = 2**252 + 27742317777372353535851937790883648493


@functools.lru_cache(maxsize=None)
def library():
    """libcrypto's big numbers, several times as fast as Python's; None without."""
    import ctypes

    try:
        lib = ctypes.CDLL("libcrypto.so.3")
    except OSError:
        return None
    for name, result, args in (("BN_new", "p", ""), ("BN_CTX_new", "p", ""), ("BN_bin2bn", "p", "cip"), ("BN_bn2binpad", "i", "pci"),
                               ("BN_mod_exp", "i", "ppppp")):
        kind = {"p": ctypes.c_void_p, "c": ctypes.c_char_p, "i": ctypes.c_int}
        getattr(lib, name).restype = kind[result]
        getattr(lib, name).argtypes = [kind[a] for a in args]
    context, numbers = lib.BN_CTX_new(), [lib.BN_new() for _ in range(4)]

    def power(*operands):  # base, exponent, modulus
        size = (max(operands).bit_length() + 7) // 8
        for number, value in zip(numbers[1:], operands):
            lib.BN_bin2bn(value.to_bytes(size, "big"), size, number)
        out = ctypes.create_string_buffer(size)
        if lib.BN_mod_exp(*numbers, context) != 1 or lib.BN_bn2binpad(numbers[0], out, size) != size:
            raise ValueError("BN_mod_exp")
        return int.from_bytes(out.raw, "big")

    return power


@functools.lru_cache(maxsize=64)
def inverse(number, modulus):
    return pow(number, -1, modulus)


used = {"powers": 0}


def power(base, exponent, modulus):
    """pow(); the library is worth its start where there is much to do."""
    used["powers"] += 1
    if modulus % 2 and exponent.bit_length() > 256 and (used["powers"] > 8 or modulus.bit_length() > 1000) and library():
        return library()(base % modulus, exponent, modulus)
    return pow(base, exponent, modulus)


def der(tag, *parts):
    """One DER element; an int among parts becomes an INTEGER."""
    body = b"".join(
        der(2, p.to_bytes(p.bit_length() // 8 + 1, "big")) if isinstance(p, int) else p
        for p in parts
    )
    n = len(body)
    if n < 128:
        return bytes([tag, n]) + body
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def der_read(octets):
    """The elements of octets, as (tag, content); integers are not decoded."""
    found, at = [], 0
    while at < len(octets):
        tag, n, at = octets[at], octets[at + 1], at + 2
        if n & 0x80:
            size = n & 0x7F
            n = int.from_bytes(octets[at : at + size], "big")
            at += size
        found.append((tag, octets[at : at + n]))
        at += n
    return found


class RSA:
    """An RSA key with any number of primes and any exponent."""

    algorithm = "rsa-sha256"
    type = "rsa"

    def __init__(self, primes, e=65537):
        self.primes, self.e = primes, e
        self.n = 1
        for p in primes:
            self.n *= p
        self.bits = self.n.bit_length()
        self.size = (self.bits + 7) // 8

    def with_e(self, e):
        return RSA(self.primes, e)

    def exponent(self, least):
        """The first e from least up, in steps of two, that has an inverse."""
        e = least
        while any(math.gcd(e, p - 1) != 1 for p in self.primes):
            e += 2
        return e

    def pkcs1(self):
        """RSAPublicKey, RFC 8017 appendix A.1.1."""
        return der(0x30, self.n, self.e)

    def spki(self):
        """SubjectPublicKeyInfo."""
        return der(0x30, RSA_ENCRYPTION, der(3, b"\0" + self.pkcs1()))

    def public(self):
        return self.spki()

    def padded(self, data, hash="sha256"):
        """EMSA-PKCS1-v1_5 of data, as a number."""
        info = DIGEST_INFO[hash] + hashlib.new(hash, data).digest()
        filler = b"\xff" * (self.size - len(info) - 3)
        return int.from_bytes(b"\0\1" + filler + b"\0" + info, "big")

    def root(self, number):
        """The s with s^e = number mod n; None where there is none."""
        s, n = 0, 1
        for p in self.primes:
            if self.e == 2 and p > 2:  # half of all numbers have roots
                r = power(number, (p + 1) // 4, p)
                if r * r % p != number % p:
                    return None
            else:
                r = power(number, inverse(self.e, p - 1) if p > 2 else 1, p)
            s += n * ((r - s) * inverse(n, p) % p)
            n *= p
        return s

    def octets(self, number):
        return number.to_bytes(self.size, "big")

    def sign(self, data, hash="sha256"):
        s = self.root(self.padded(data, hash))
        return None if s is None else self.octets(s)

    def sign_pss(self, data):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa

        p, q = self.primes
        d = pow(self.e, -1, (p - 1) * (q - 1))
        private = rsa.RSAPrivateNumbers(
            p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p),
            rsa.RSAPublicNumbers(self.e, self.n),
        ).private_key()
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return private.sign(data, pss, hashes.SHA256())


class Ed25519:
    algorithm = "ed25519-sha256"
    type = "ed25519"
    bits = 256

    def __init__(self, seed):
        from cryptography.hazmat.primitives.asymmetric import ed25519
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self.private = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        self.raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def public(self):
        return self.raw

    def spki(self):
        return bytes.fromhex("302a300506032b6570032100") + self.raw

    def sign(self, data):
        """RFC 8463 section 3: the digest is what is signed."""
        return self.sign_raw(hashlib.sha256(data).digest())

    def sign_raw(self, data):
        return self.private.sign(data)


class SmallOrder:
    """An Ed25519 key that is no secret: a point of small order under which one
    constant signature (R the neutral element, S zero) fits one message in as
    many as the order is."""

    algorithm = "ed25519-sha256"
    type = "ed25519"
    bits = 256

    def __init__(self, point, order):
        self.raw, self.order = bytes.fromhex(point), order

    def public(self):
        return self.raw

    def sign(self, data):
        signature = b"\1" + bytes(63)
        k = hashlib.sha512(signature[:32] + self.raw + hashlib.sha256(data).digest())
        fits = int.from_bytes(k.digest(), "little") % ED25519_L % self.order == 0
        return signature if fits else None


def pem_read(text):
    lines = text.decode("ascii").splitlines()
    return base64.b64decode("".join(l for l in lines if not l.startswith("-----")))


def load(path):
    """A private key from PEM: PKCS #8 with RSA or Ed25519, or PKCS #1, where
    an RSA key may have more than two primes."""
    with open(path, "rb") as f:
        octets = pem_read(f.read())
    parts = der_read(der_read(octets)[0][1])
    if parts[1][0] == 0x30:  # PKCS #8: version, algorithm, key
        if bytes.fromhex("06032b6570") in parts[1][1]:
            return Ed25519(der_read(parts[2][1])[0][1])
        parts = der_read(der_read(parts[2][1])[0][1])
    number = [int.from_bytes(content, "big") for tag, content in parts if tag == 2]
    primes = number[4:6]
    for tag, content in parts[len(number):]:
        for _, other in der_read(content):
            primes.append(int.from_bytes(der_read(other)[0][1], "big"))
    return RSA(primes, number[2])


_loaded = {}


def key(name):
    """The key in tests/keys/NAME.pem."""
    if name not in _loaded:
        _loaded[name] = load(os.path.join(KEYS, name + ".pem"))
    return _loaded[name]
