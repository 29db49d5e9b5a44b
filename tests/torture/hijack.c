/* SPDX-License-Identifier: BSD-2-Clause */
/* A library to be preloaded: what a tool could be made to do that somebody has
 * taken over.  Before its first octet goes to stdout it tries what it has no
 * need for, and says on stderr what it could do: "could read", "could not
 * exec".  HIJACK_FILE is a file of others, in a directory where all may write.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
tell(const char *what, bool could)
{
	dprintf(STDERR_FILENO, "%s %s\n", could ? "could" : "could not", what);
}

static bool
can_exec(void)
{
	char *argv[] = { "true", NULL };
	int status = 1;
	pid_t child = fork();

	if (child == 0)
		_exit(execv("/bin/true", argv) != 0);
	if (child > 0)
		waitpid(child, &status, 0);
	/* Even without a child of its own it could become the program. */
	return child > 0 && status == 0;
}

static void
attack(const char *file)
{
	char other[4096];

	snprintf(other, sizeof other, "%s.new", file);
	tell("read", open(file, O_RDONLY) >= 0);
	tell("list", open("/etc", O_RDONLY | O_DIRECTORY) >= 0);
	tell("write", open(file, O_WRONLY) >= 0);
	tell("create", open(other, O_WRONLY | O_CREAT, 0600) >= 0);
	tell("mkdir", mkdir(other, 0700) == 0);
	tell("rename", rename(file, other) == 0);
	tell("unlink", unlink(file) == 0);
	tell("chmod", chmod(file, 0777) == 0);
	tell("fork", can_exec());
	tell("connect", socket(AF_INET, SOCK_STREAM, 0) >= 0);
	tell("talk", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	tell("kill", kill(getppid(), 0) == 0);
	char *argv[] = { "false", NULL };

	execv("/bin/false", argv);
	tell("exec", false);
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
ssize_t
write(int fd, const void *p, size_t n)
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
{
	static bool done;
	ssize_t (*real)(int, const void *, size_t);
	const char *file = getenv("HIJACK_FILE");

	*(void **)&real = dlsym(RTLD_NEXT, "write");
	if (fd == STDOUT_FILENO && file != NULL && !done) {
		done = true;
		attack(file);
	}
	return real(fd, p, n);
}
