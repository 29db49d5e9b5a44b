# Dovecot's Sieve, with dovecot-arc.conf: annotate, and sort by the verdict.
# Where the filter fails, the test is false and the message stays as it was.
#
# Local policy: to a receiver "fail" is the same as no chain at all (RFC 8617
# section 7.2), and mailing lists break chains.  So this only puts such mail into
# another folder, made when it is not there; it must not be rejected or discarded.
#
# The SMTP client's address and its HELO come from the topmost Received field that
# mx.example.org wrote, the sender from Return-Path above it: Dovecot's LMTP adds
# that, and so does Postfix's pipe(8) with flags=R before dovecot-lda.
require ["vnd.dovecot.filter", "fileinto", "mailbox"];

if not filter "arc-verify" ["-a", "-i", "delivery.example.org",
		"--check", "all", "--received-by", "mx.example.org"] {
	keep;
	stop;
}
if header :matches "Authentication-Results" "delivery.example.org;*arc=fail*" {
	fileinto :create "arc-fail";
}
