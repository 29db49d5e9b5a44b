#!/usr/bin/env bats
# arc-dump --html: one file that shows a chain and runs nothing, whatever the
# message holds.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	cp "$SAMPLES/keys" keys
	# Each hostile text in every place of a message that the page shows.
	cat >hostile.py <<-'PY'
	import sys
	texts = [
	    "<script>document.title='owned'</script>", "</title><script>document.title='owned'</script>",
	    "\"><img src=x onerror=\"document.title='owned'\">", "' onload='document.title=1",
	    "<img src=http://127.0.0.1:%s/seen>" % sys.argv[1], "</style><style>@import 'http://127.0.0.1:%s/seen';" % sys.argv[1],
	    "</svg><svg onload=document.title='owned'>", "<!--", "-->", "]]>", "&lt;b&gt; &#60;b&#62; &amp", "<base href=//x>",
	    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:%s/seen'>" % sys.argv[1],
	    "\x1b[31m\u202e\u0000\u0085", "=?utf-8?B?PHNjcmlwdD5kb2N1bWVudC50aXRsZT0nb3duZWQnPC9zY3JpcHQ+?=", "<" * 4000, "&" * 4000, "\u20ac" * 4000, "a" + "\u20ac" * 4000,
	]
	for n, t in enumerate(texts):
	    one = t.replace(";", "\\;").replace("\n", " ")
	    m = ("DKIM-Signature: v=1; a=%s; d=%s; s=%s; i=@%s; h=from:%s; bh=AAAA; b=AAAA\r\n"
	         "Authentication-Results: %s; dkim=%s header.d=%s header.i=@%s reason=\"%s\"; spf=pass smtp.mailfrom=%s\r\n"
	         "DKIM2-Signature: i=1; m=%s; q=%s; r=%s; s=%s\r\nMessage-Instance: %s\r\n"
	         "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=%s; s=%s; t=1; b=AAAA\r\n"
	         "ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%s; h=from:subject; bh=AAAA; b=%s\r\n"
	         "ARC-Authentication-Results: i=1; %s; spf=%s; dkim=pass reason=\"%s\"\r\n"
	         "Received: from %s by %s; Mon, 9 Feb 2026 14:05:38 +0100\r\n"
	         "From: \"%s\" <a@author.example>\r\nSubject: %s\r\nDate: %s\r\n\r\n%s\r\n")
	    open("hostile-%02d.eml" % n, "wb").write((m % ((t,) * 30)).encode("utf-8", "surrogateescape"))
	PY
}

# Tests run at once: each has a folder of its own.
setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/* .
}

# What a browser makes of a page.
browser() {
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$BATS_TEST_TMPDIR/profile" "$@" 2>/dev/null
}

# Nothing but the tags that the page is made of, closed as they were opened.
well_formed() {
	/usr/bin/python3 -S - "$@" <<-'PY'
	import html.parser, sys
	void = {"meta", "circle", "line"}
	known = void | set("html head title style body h1 h2 dl dt dd p span strong code section pre ul li "
	                   "svg text table tr th td".split())
	class P(html.parser.HTMLParser):
	    def __init__(self):
	        super().__init__()
	        self.stack = []
	    def handle_starttag(self, tag, attrs):
	        assert tag in known, tag
	        names = [a for a, _ in attrs]
	        assert not [a for a in names if a.startswith("on") or a in ("src", "href", "style")], attrs
	        if tag == "th" and self.stack[-1:] == ["th"]:
	            self.stack.pop()
	        if tag not in void:
	            self.stack.append(tag)
	    handle_startendtag = lambda self, tag, attrs: None
	    def handle_endtag(self, tag):
	        while tag == "tr" and self.stack[-1] == "th":
	            self.stack.pop()
	        assert self.stack.pop() == tag, tag
	for name in sys.argv[1:]:
	    text = open(name, encoding="utf-8").read()
	    p = P()
	    p.feed(text)
	    p.close()
	    assert p.stack == [], (name, p.stack)
	    assert not [c for c in text if ord(c) < 32 and c != "\n" or 0x7f <= ord(c) < 0xa0 or ord(c) in (0x202e, 0x2066)], name
	PY
}

@test "every sample has a page of its own tags alone, with verdict, hops and changes" {
	for file in "$SAMPLES"/*.eml; do
		arc-dump --html --why --time 2026-02-10T00:00:00Z --keys keys "$file" >"page-${file##*/}.html" || [ $? -eq 2 ]
	done
	well_formed page-*.html
	run -0 arc-dump --html --why --keys keys "$SAMPLES/pass-list-edited.eml"
	[[ $output == *'<span class="old">- Subject: [meet] Meeting on Tuesday</span><span class="new">+ Subject: Meeting on Tuesday</span>'* ]]
	[[ $output == *'<svg '*lists.example*'</svg>'* ]]
	[[ $output == *'<h1>ARC: <span class="verdict pass">pass</span></h1>'* ]]
}

@test "nothing in a hostile message runs, loads or breaks the page in Chromium" {
	/usr/bin/python3 -u -m http.server --bind 127.0.0.1 0 >log 2>&1 3>&- &
	local server=$! port="" pages=0
	for _ in $(seq 100); do
		port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' log)
		[ -n "$port" ] && break
		sleep 0.1
	done
	/usr/bin/python3 hostile.py "$port"
	# Each page in a frame of one document: a browser is slow to start.  What
	# the document itself asks for when all are there shows that they were.
	echo "<!DOCTYPE html><body>" >all.html
	for file in hostile-*.eml; do
		arc-dump --html --why --keys keys "$file" >"${file%.eml}.html"
		[ "$(wc -c <"${file%.eml}.html")" -lt 100000 ]
		echo "<iframe src='${file%.eml}.html'></iframe>" >>all.html
		pages=$((pages + 1))
	done
	[ "$pages" -ge 15 ]
	well_formed hostile-*.html
	echo "<script>onload = () => { new Image().src = 'http://127.0.0.1:$port/loaded' }</script>" >>all.html
	browser --virtual-time-budget=3000 --screenshot="$PWD/all.png" "file://$PWD/all.html"
	grep -q loaded log
	[ -s all.png ]
	for file in hostile-00.html hostile-02.html hostile-12.html; do
		browser --virtual-time-budget=2000 --dump-dom "file://$PWD/$file" >dom
		grep -q '<title>ARC fail' dom
		run ! grep -qiE '<(script|img|base|iframe|object|link)|owned</title>' dom
	done
	kill "$server"
	run ! grep -q seen log
}

@test "the policy of the page lets Chromium apply its style and nothing else" {
	arc-dump --html --keys keys "$SAMPLES/pass-three-hops.eml" >page.html
	sed 's,</body>,<script>document.title="owned"</script><style>h1{display:none}</style></body>,' page.html >other.html
	run -0 browser --virtual-time-budget=2000 --dump-dom "file://$PWD/other.html"
	[[ $output == *"<title>ARC pass"* && $output != *"<title>owned"* ]]
	# The digest in the policy is that of the style.
	/usr/bin/python3 - <<-'PY'
	import base64, hashlib, re
	page = open("page.html", encoding="utf-8").read()
	style = re.search("<style>(.*?)</style>", page, re.S)[1].encode()
	digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
	assert "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-%s'" % digest in page
	PY
}

@test "a large message has a small page" {
	forge <<-PY
	write(chain(50), "$BATS_TEST_TMPDIR/fifty")
	PY
	run -0 arc-dump --html --keys "$BATS_TEST_TMPDIR/fifty.keys" "$BATS_TEST_TMPDIR/fifty"
	[ "${#output}" -lt 200000 ]
	run -64 arc-dump --html --keys keys "$SAMPLES/pass-three-hops.eml" "$SAMPLES/pass-one-hop.eml"
}
