# SPDX-License-Identifier: BSD-2-Clause
"""chart.py - the rows of bench/run as one SVG: a panel for each part, bars on a
scale of logarithms, ours in blue"""
import html
import math

TITLES = {
    "start": "Verify, one process: 20 KB, 3 hops (ms CPU)",
    "check": "ARC, DKIM, SPF and DMARC: 20 KB, one hop (ms CPU)",
    "seal": "Seal, one process: 20 KB, 2 hops below (ms CPU)",
    "corpus": "Corpus of 1200 (messages a second of CPU)",
    "size": "Verify 10 MB (ms CPU)",
    "hops": "Hops (ms CPU)",
    "memory": "Peak memory of a verification (MiB)",
}
OURS = ("default", "ARC alone", "--check all", "STATIC_CRYPTO", "one job", "two jobs", "10 MB", "arc-")
WIDTH, NAME, BAR, LINE, TOP = 900, 250, 430, 19, 30


def is_ours(part, what):
    return part in ("hops", "memory") or what.startswith(OURS)


def panel(part, bars, y):
    """One part's lines of SVG, and where the next begins."""
    most = max(value for _, value, _ in bars)
    least = min(value for _, value, _ in bars) / 2
    out = ['<text x="8" y="%d" font-weight="bold">%s</text>' % (y + 14, html.escape(TITLES[part]))]
    y += 22
    for what, value, note in bars:
        width = BAR * math.log(value / least) / math.log(most / least) if most > least else BAR
        out.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (NAME - 8, y + 13, html.escape(what)))
        out.append('<rect x="%d" y="%d" width="%.0f" height="%d" fill="%s"/>'
                   % (NAME, y + 2, width, LINE - 5, "#2f6db3" if is_ours(part, what) else "#b9b9b9"))
        out.append('<text x="%.0f" y="%d">%s</text>' % (NAME + width + 6, y + 13, html.escape("%.3g%s" % (value, note))))
        y += LINE
    return out, y + 10


def draw(rows, path):
    out, y = [], TOP
    for part in TITLES:
        bars = [(what, float(value), "  (%s x %s)" % (ratio, beside) if ratio else "")
                for p, what, value, unit, beside, ratio in rows if p == part and unit not in ("us CPU", "msg/s")]
        if bars:
            lines, y = panel(part, bars, y)
            out += lines
    with open(path, "w", encoding="ascii") as f:
        f.write('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">\n'
                '<rect width="100%%" height="100%%" fill="white"/>\n'
                '<text x="8" y="18">What arc-tools costs (blue) beside floors and others; scales are logarithmic</text>\n'
                % (WIDTH, y))
        f.write("\n".join(out) + "\n</svg>\n")
