# Dovecot's Sieve, with dovecot-arc.conf: annotate, and sort by the verdict.
# Where the filter fails, the test is false and the message stays as it was.
require ["vnd.dovecot.filter", "fileinto", "mailbox"];

if not filter "arc-verify" ["-a", "-i", "delivery.example.org"] {
	keep;
	stop;
}
if header :matches "Authentication-Results" "delivery.example.org;*arc=fail*" {
	fileinto :create "arc-fail";
}
