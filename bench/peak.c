/* SPDX-License-Identifier: BSD-2-Clause */
/* peak - the most memory that a program takes, in KiB
 *
 *	peak PROGRAM [ARGUMENT...]
 *
 * A large parent would be counted as its child's: a child begins as a copy. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t pid = argc > 1 ? fork() : -1;

	if (pid == 0) {
		if (close(STDOUT_FILENO) == 0)
			execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return 71;
	printf("%ld\n", usage.ru_maxrss);
	return 0;
}
