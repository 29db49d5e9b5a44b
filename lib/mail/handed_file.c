/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of other programs, and messages in another encoding. */
#include <string.h>

#include "mail/handed.h"

/* What is said of two kinds or more. */
#define NO_MAIL ": get the raw source of the message (.eml)"
#define IMAGE "it is an image" NO_MAIL
#define ARCHIVE ": unpack it first"
#define WIDE(charset, name)                                                    \
	"it is " charset " text: convert it, for example with iconv -f " name  \
	" -t UTF-8, or get the raw source"

/* Octets that a kind of file has, most of them at its start. */
static const struct {
	struct slice magic;
	const char *what;
	size_t at;
} magics[] = {
	{ SLICE("\x1f\x8b"),
	    "it is a gzip file: unpack it first, for example with gunzip", 0 },
	{ SLICE("\x1f\x9d"),
	    "it is a compress (.Z) file: unpack it first with uncompress", 0 },
	{ SLICE("BZh"), "it is a bzip2 file: unpack it first with bunzip2", 0 },
	{ SLICE("\xfd"
		"7zXZ"),
	    "it is an xz file: unpack it first with unxz", 0 },
	{ SLICE("\x5d\0\0"), "it is an lzma file: unpack it first with unlzma",
	    0 },
	{ SLICE("\x28\xb5\x2f\xfd"),
	    "it is a zstd file: unpack it first with unzstd", 0 },
	{ SLICE("\x04\x22\x4d\x18"),
	    "it is an lz4 file: unpack it first with unlz4", 0 },
	{ SLICE("LZIP\x01"), "it is an lzip file: unpack it first with lzip -d",
	    0 },
	{ SLICE("x\x9c"), "it is zlib data" ARCHIVE, 0 },
	{ SLICE("x\xda"), "it is zlib data" ARCHIVE, 0 },
	{ SLICE("PK\x03\x04"), "it is a zip file" ARCHIVE, 0 },
	{ SLICE("PK\x05\x06"), "it is an empty zip file", 0 },
	{ SLICE("7z\xbc\xaf\x27\x1c"), "it is a 7z file" ARCHIVE, 0 },
	{ SLICE("Rar!"), "it is a RAR file" ARCHIVE, 0 },
	{ SLICE("MSCF\0"), "it is a cabinet (.cab) file" ARCHIVE, 0 },
	{ SLICE("ustar\0"), "it is a tar file: unpack it first with tar -xf",
	    257 },
	{ SLICE("ustar  \0"), "it is a tar file: unpack it first with tar -xf",
	    257 },
	{ SLICE("070701"), "it is a cpio file" ARCHIVE, 0 },
	{ SLICE("!<arch>\n"), "it is an ar file" ARCHIVE, 0 },
	{ SLICE("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
	    "it is an Outlook .msg file, which does not keep the message as "
	    "it was sent: save the message as .eml instead",
	    0 },
	{ SLICE("!BDN"),
	    "it is an Outlook data file (.pst, .ost): save the message as .eml",
	    0 },
	{ SLICE("\x78\x9f\x3e\x22"),
	    "it is TNEF (winmail.dat), which does not keep the message as it "
	    "was sent: get the raw source of the message",
	    0 },
	{ SLICE("%PDF-"), "it is a PDF file" NO_MAIL, 0 },
	{ SLICE("%!PS"), "it is a PostScript file" NO_MAIL, 0 },
	{ SLICE("{\\rtf"), "it is an RTF file" NO_MAIL, 0 },
	{ SLICE("\x89PNG"), IMAGE, 0 },
	{ SLICE("\xff\xd8\xff"), IMAGE, 0 },
	{ SLICE("GIF89a"), IMAGE, 0 },
	{ SLICE("II*\0"), IMAGE, 0 },
	{ SLICE("MM\0*"), IMAGE, 0 },
	{ SLICE("ftypheic"), IMAGE, 4 },
	{ SLICE("SQLite format 3"),
	    "it is an SQLite database: export the message from it", 0 },
	{ SLICE("\x7f"
		"ELF"),
	    "it is a program", 0 },
	{ SLICE("\xff\xfe\0\0"), WIDE("UTF-32", "UTF-32"), 0 },
	{ SLICE("\0\0\xfe\xff"), WIDE("UTF-32", "UTF-32"), 0 },
	{ SLICE("\xff\xfe"), WIDE("UTF-16", "UTF-16"), 0 },
	{ SLICE("\xfe\xff"), WIDE("UTF-16", "UTF-16"), 0 },
};

/* Whether s begins with the name of a field and its colon. */
bool
handed_field_begins(struct slice s)
{
	size_t n = 0;

	while (n < s.len && (ascii_is_alnum(s.p[n]) || s.p[n] == '-'))
		n++;
	size_t colon = n;

	while (colon < s.len && ascii_is_wsp(s.p[colon]))
		colon++;
	return n > 1 && colon < s.len && s.p[colon] == ':';
}

/* Text of characters two or four octets wide, by where its NULs are. */
static const char *
wide_as(struct slice all)
{
	size_t nul[4] = { 0, 0, 0, 0 }, n;

	all = slice_sub(all, 0, 64);
	n = all.len / 4;
	for (size_t i = 0; i < n * 4; i++)
		nul[i % 4] += all.p[i] == '\0';
	if (n < 2)
		return NULL;
	if (nul[0] + nul[1] + nul[2] + nul[3] == 4 * n)
		return "it begins with NUL bytes: it was not written out, or "
		       "damaged; get the raw source of the message";
	if (nul[1] == n && nul[2] == n && nul[3] == n && nul[0] == 0)
		return WIDE("UTF-32", "UTF-32LE");
	if (nul[0] == n && nul[1] == n && nul[2] == n && nul[3] == 0)
		return WIDE("UTF-32", "UTF-32BE");
	if (nul[0] + nul[2] == 0 && nul[1] + nul[3] >= 2 * n - 1)
		return WIDE("UTF-16", "UTF-16LE");
	if (nul[1] + nul[3] == 0 && nul[0] + nul[2] >= 2 * n - 1)
		return WIDE("UTF-16", "UTF-16BE");
	return NULL;
}

static const char *
magic_as(struct slice all)
{
	bool field = handed_field_begins(all);

	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if ((magics[i].at == 0 || !field) &&
		    slice_starts(
			slice_sub(all, magics[i].at, all.len), magics[i].magic))
			return magics[i].what;
	return NULL;
}

/* A field's name and a colon in EBCDIC, where they are the same in all of its
 * code pages. */
static bool
is_ebcdic(struct slice all)
{
	size_t n = 0;

	for (; n < all.len; n++) {
		unsigned char c = (unsigned char)all.p[n], low = c & 0x0f;
		bool letter = low > 0 && low < 10 && (c & 0xb0) >= 0x80 &&
			      (c & 0x30) != 0x30 &&
			      ((c & 0x30) != 0x20 || low > 1);

		if (!letter && c != 0x60)
			break;
	}
	return n > 1 && n < all.len && (unsigned char)all.p[n] == 0x7a;
}

const char *
handed_file_as(struct slice all)
{
	const char *as = magic_as(all);

	if (as == NULL)
		as = wide_as(all);
	return as == NULL && is_ebcdic(all) ? WIDE("EBCDIC", "IBM1047") : as;
}

/* What six bits a character of base64 stands for, URL's alphabet too; 64 for
 * any other. */
static unsigned
sextet(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789+/";
	const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

	return at != NULL ? (unsigned)(at - alphabet)
	       : c == '-' ? 62
	       : c == '_' ? 63
			  : 64;
}

/* The first octets that base64 stands for, into room; empty when this is none.
 * Its lines may be short. */
static struct slice
base64_start(struct slice s, char *room, size_t size)
{
	unsigned long bits = 0;
	unsigned have = 0;
	size_t n = 0, i;

	for (i = 0; i < s.len && n < size; i++) {
		unsigned six = sextet(s.p[i]);

		if (s.p[i] == '\r' || s.p[i] == '\n')
			continue;
		if (six == 64)
			break;
		bits = (bits << 6 | six) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			room[n++] = (char)(bits >> have & 0xff);
		}
	}
	if (n < 12 || (i < s.len && n < size && strchr("=\"'", s.p[i]) == NULL))
		n = 0;
	return (struct slice){ room, n };
}

static const char *
base64_as(struct slice all)
{
	char room[64];
	struct slice s = slice_skip(all, " \t\r\n\"'");
	size_t comma = slice_find(slice_sub(s, 0, 128), ',');

	if (slice_starts(s, SLICE("data:")) && comma < 128)
		s = slice_sub(s, comma + 1, s.len);
	s = base64_start(s, room, sizeof room);
	if (slice_starts(s, SLICE("\xef\xbb\xbf")))
		s = slice_sub(s, 3, s.len);
	if (handed_field_begins(s) || slice_starts(s, SLICE("From ")))
		return "it is base64: decode it first with base64 -d";
	if (s.len > 0 && (handed_file_as(s) != NULL))
		return "it is base64 of a file that is not a message itself: "
		       "decode it with base64 -d, and look at what it is";
	return NULL;
}

/* How many hexadecimal digits s begins with, at most 64. */
static size_t
hex_span(struct slice s)
{
	size_t n = 0;

	while (n < s.len && n < 64 && ascii_hex(s.p[n]) >= 0)
		n++;
	return n;
}

/* Digits only, or what xxd ("00000000: 4152") and hexdump ("00000000  41")
 * print. */
static const char *
hex_as(struct slice all)
{
	size_t n = hex_span(all);
	struct slice after = slice_sub(all, 8, all.len);

	if (n == 64)
		return "it is hexadecimal: decode it first with xxd -r -p";
	if (n != 8 || (!slice_starts(after, SLICE(": ")) &&
			  !slice_starts(after, SLICE("  "))))
		return NULL;
	n = hex_span(slice_sub(after, 2, after.len));
	return n == 2 || n == 4 ? "it is a hex dump: turn it back with xxd -r"
				: NULL;
}

const char *
handed_encoded_as(struct slice all)
{
	const char *as = base64_as(all);

	return as != NULL ? as : hex_as(all);
}
