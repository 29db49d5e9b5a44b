#!/usr/bin/env bats
# Vectors that others published or computed, through whole messages.
# SPDX-License-Identifier: BSD-2-Clause
load helper

# The table of body hashes: body (as a Python string), simple, relaxed.
bodies() {
	cat <<-'PY'
	table = (
	    (("", "\n", "\n\n\n"), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
	    ((" \n",), "a99mtb8qROZYvqLuhmlasVCgbmAL9nzVzOJFrVSWLGE=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
	    (("a", "a\n", "a\n\n\n"),) + ("jkYhN5eG70Kk/sFVzVJcKR3X2zwf3jR4Ui9PYcA/0b0=",) * 2,
	    (("a\n \t\n\n",), "yeBzLef/1AXPlsfS/JBy3VHelGVDQQYNrjnNmeApc8k=", "jkYhN5eG70Kk/sFVzVJcKR3X2zwf3jR4Ui9PYcA/0b0="),
	    (("a \t b \t\n",), "XwCcocO5d2bdEB0DjyH4aebUgwxt6MKC8FHhxgzDxCI=", "SuEZjyiTjUp1XHpGpmLw9XKayjy3FMrk431guExO6cw="),
	    ((" \tX\n",), "KiSLbZ58tNptL0dr82gamwtY5CkjlI7gzQzl4R0u4rY=", "Te23v9qkPE+5IxUhW1wj/JjOF1lZmDzvhIlhMFwMgog="),
	    (("a\rb\n",),) + ("LyKRrVaOri6zT8fJNyWWbX0dJvvNQVCly5aCYrYNasE=",) * 2,
	    (("a\n\nb\n",),) + ("zCIZgM59A4jZIcXrGIzhpoD2WhSv0BLiYnkKxFCegn8=",) * 2,
	    # RFC 6376 section 3.4.5
	    ((" C \nD \t E\n\n\n",), "NOeivbQlDH9TmNKJUw7D53wZfsk8YMZ/hTuVVwTgi8s=", "unak6JHq0wL+Q1HP7dW1tjBx9FLA6DffoZ0qrLwbbpo="),
	    # RFC 8617 appendix B
	    (("Hey gang,\nThis is a test message.\n--J.\n",),) + ("KWSe46TZKCcDbH4klJPo+tjk5LWJnVRlP5pvjXFZYLQ=",) * 2,
	    # RFC 8463 appendix A, relaxed
	    (("Hi.\n\nWe lost the game.  Are you hungry yet?\n\nJoe.\n",), None, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="),
	)
	cases = [(body, c, bh) for row in table for body in row[0] for c, bh in zip(("simple", "relaxed"), row[1:]) if bh]
	PY
	cat
}

@test "the table of body hashes (RFC 6376 3.4.3, 3.4.4)" {
	bodies <<-'PY' | forge
	for body, c, bh in cases:
	    m = chain(1, body=body, ams={"c": "relaxed/" + c, "bh": bh})
	    passes(m)
	    passes(m, octets=m.lf())
	    fails("body-hash", 1, chain(1, body=body, ams={"c": "relaxed/" + c, "bh": bh[::-1].replace("=", "") + "="}))
	PY
}

@test "the table of body hashes, one octet at a time" {
	bodies <<-'PY' | forge
	for n, (body, c, bh) in enumerate(cases):
	    write(chain(1, body=body, ams={"c": "relaxed/" + c, "bh": bh}), tmp("m%d" % n))
	PY
	for file in "$BATS_TEST_TMPDIR"/m*.keys; do
		run -0 pieces 1 "${file%.keys}" arc-verify --keys "$file"
	done
}

@test "the header of RFC 6376 section 3.4.5" {
	forge <<-'PY'
	sent = "A: X\nB : Y\t\n\tZ  \nFrom: a@example.org\n"
	for c, canonical in (("relaxed", [b"a:X\r\n", b"b:Y Z\r\n"]), ("simple", [b"A: X\r\n", b"B : Y\t\r\n\tZ  \r\n"])):
	    assert [canon_header(c, f.raw) for f in fields_of(sent)[:2]] == canonical
	    # Signed is the canonical form as it stands in the RFC, sent the example.
	    m = Message(header=sent)
	    m.fields[:2] = [Field(raw) for raw in canonical]
	    m.seal(ams={"c": c + "/simple", "h": "a:b:from"})
	    m.fields[3:5] = fields_of(sent)[:2]
	    passes(m)
	PY
}

@test "the example of RFC 8617 appendix B has three sets and a body that fits; its keys were never published" {
	: >"$BATS_TEST_TMPDIR/keys"
	run -1 arc-verify --json --keys "$BATS_TEST_TMPDIR/keys" "$ROOT/tests/vectors/rfc8617-b.eml"
	[[ $output == *'"instances":3,'*'"code":"key-missing","instance":3,'* ]]
	# one octet more in the body and it is the body hash
	sed 's/^--J\./--J!/' "$ROOT/tests/vectors/rfc8617-b.eml" >"$BATS_TEST_TMPDIR/changed"
	run -1 arc-verify --json --keys "$BATS_TEST_TMPDIR/keys" "$BATS_TEST_TMPDIR/changed"
	[[ $output == *'"code":"body-hash","instance":3,'* ]]
}
