/* SPDX-License-Identifier: BSD-2-Clause */
#include "sandbox.h"

void
sandbox_read(struct sandbox *s, const char *path)
{
	if (path != NULL && s->nread < SANDBOX_MAX_FILES)
		s->read[s->nread++] = path;
	else if (path != NULL)
		s->read_all = true;
}

void
sandbox_write(struct sandbox *s, const char *path)
{
	if (path != NULL)
		s->write[s->nwrite++] = path;
}

#if defined(__linux__) && !defined(NO_SANDBOX)

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli.h"

/* ------------------------------------------------------------------------
 * Landlock: files, and TCP where it knows of that. */

enum {
	READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	REPLACE = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG,
	FILE_ALONE =
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE,
};

/* As in <linux/landlock.h> of 2024: that of a build machine may be older than
 * the kernel the tool meets. */
struct ruleset {
	uint64_t fs, net, scoped;
};

enum {
	FS_REFER = 1 << 13,    /* since version 2 */
	FS_TRUNCATE = 1 << 14, /* 3 */
	NET_BIND = 1 << 0,     /* 4 */
	NET_CONNECT = 1 << 1,
	SCOPE_SOCKETS = 1 << 0, /* 6 */
	SCOPE_SIGNALS = 1 << 1,
};

/* Allow what beneath path; a path that is not there needs nothing. */
static void
allow(int rules, const char *path, uint64_t what)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode))
		what &= FILE_ALONE;
	struct landlock_path_beneath_attr rule = { .allowed_access = what,
		.parent_fd = fd };

	syscall(
	    SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(fd);
}

static void
allow_directory_of(int rules, const char *path, uint64_t what)
{
	char room[PATH_MAX];

	allow(rules, cli_directory(path, room), what);
}

static void
landlock(const struct sandbox *s)
{
	static const char *const system[] = { "/usr", "/lib",
		"/etc/ld.so.cache" };
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	/* All that version 1 has. */
	struct ruleset r = { .fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	uint64_t replace = REPLACE;
	size_t size = version < 4 ? sizeof r.fs : sizeof r - sizeof r.scoped;

	if (version < 1)
		return;
	if (version >= 2)
		r.fs |= FS_REFER;
	if (version >= 3) {
		r.fs |= FS_TRUNCATE;
		replace |= FS_TRUNCATE;
	}
	r.net = s->network ? NET_BIND : NET_BIND | NET_CONNECT;
	r.scoped = SCOPE_SOCKETS | SCOPE_SIGNALS;
	if (version >= 6)
		size = sizeof r;
	int rules = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);

	if (rules < 0)
		return;
	for (size_t i = 0; i < sizeof system / sizeof *system; i++)
		allow(rules, system[i], READ);
	if (s->read_all)
		allow(rules, "/", READ);
	if (s->network)
		allow(rules, "/etc/resolv.conf", READ);
	for (size_t i = 0; i < s->nread; i++)
		if (strcmp(s->read[i], "-") != 0)
			allow(rules, s->read[i], READ);
	for (size_t i = 0; i < s->nwrite; i++)
		allow_directory_of(rules, s->write[i], replace);
	if (s->spool) {
		const char *dir = getenv("TMPDIR");

		allow(rules, dir != NULL && dir[0] == '/' ? dir : "/tmp",
		    replace);
		allow(rules, "/tmp", replace);
	}
	syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
}

/* ------------------------------------------------------------------------
 * seccomp: what no run of ours asks the kernel for. */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define ARGUMENT(n) ((uint32_t)offsetof(struct seccomp_data, args[n]))

/* Programs, other processes, and what a kernel can be broken by. */
static const int never[] = {
	SYS_execve,
	SYS_execveat,
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kill,
	SYS_tkill,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
	SYS_pidfd_open,
	SYS_pidfd_send_signal,
	SYS_setns,
	SYS_unshare,
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_keyctl,
	SYS_add_key,
	SYS_request_key,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_io_uring_setup,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
	SYS_open_by_handle_at,
	SYS_memfd_create,
	SYS_personality,
	SYS_acct,
	SYS_swapon,
	SYS_reboot,
	SYS_accept,
	SYS_accept4,
	SYS_listen,
	SYS_bind,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
};

static const int network[] = { SYS_socket, SYS_socketpair, SYS_connect,
	SYS_sendto, SYS_sendmsg, SYS_sendmmsg };

/* What changes the file system; openat() is looked at more closely. */
static const int change[] = {
	SYS_unlinkat,
	SYS_renameat2,
	SYS_mkdirat,
	SYS_linkat,
	SYS_symlinkat,
	SYS_mknodat,
	SYS_fchmodat,
	SYS_fchownat,
	SYS_fchmod,
	SYS_fchown,
	SYS_truncate,
	SYS_setxattr,
	SYS_lsetxattr,
	SYS_utimensat,
#ifdef SYS_open
	SYS_open,
	SYS_creat,
	SYS_unlink,
	SYS_rename,
	SYS_mkdir,
	SYS_rmdir,
	SYS_link,
	SYS_symlink,
	SYS_mknod,
	SYS_chmod,
	SYS_chown,
	SYS_lchown,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
};

struct filter {
	struct sock_filter op[255];
	unsigned short n;
	int refused[128]; /* numbers of calls */
	size_t nrefused;
};

static void
add(struct filter *f, unsigned op, uint32_t k, unsigned yes, unsigned no)
{
	f->op[f->n++] =
	    (struct sock_filter){ (uint16_t)op, (uint8_t)yes, (uint8_t)no, k };
}

static void
load(struct filter *f, uint32_t at)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, at, 0, 0);
}

static void
answer(struct filter *f, uint32_t what)
{
	add(f, BPF_RET | BPF_K, what, 0, 0);
}

static void
refuse_all(struct filter *f, const int *nr, size_t n)
{
	memcpy(f->refused + f->nrefused, nr, n * sizeof *nr);
	f->nrefused += n;
}

/* Arguments in memory cannot be looked at: there is no such call, and libc goes
 * on with an older one. */
static void
unknown(struct filter *f, int nr)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1);
	answer(f, SECCOMP_RET_ERRNO | ENOSYS);
}

/* Refuse the call nr unless test, a jump on k, says yes, or else no, of its
 * argument. */
static void
look_at(struct filter *f, int nr, unsigned argument, unsigned test, uint32_t k,
    bool wanted)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 4);
	load(f, ARGUMENT(argument));
	add(f, BPF_JMP | BPF_K | test, k, wanted, !wanted);
	answer(f, REFUSE);
	answer(f, SECCOMP_RET_ALLOW);
}

/* Sockets of no other kind. */
static void
internet_only(struct filter *f)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 5);
	load(f, ARGUMENT(0));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
	add(f, BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
	answer(f, REFUSE);
	answer(f, SECCOMP_RET_ALLOW);
	f->refused[f->nrefused++] = SYS_socketpair;
}

/* Whether a call is refused changes at each of the n numbers in edge; at says
 * how many edges lie before these.  A tree, as the kernel goes through the
 * filter once for each call there is and then compiles it: a list would cost
 * more than the rest of the sandbox.  Leaves are reached by jumping to what two
 * last answers stand at, end and the one behind. */
/* NOLINTBEGIN(misc-no-recursion): as deep as the number of edges has digits in
 * binary */
static void
search(struct filter *f, const int *edge, size_t n, size_t at, unsigned end)
{
	size_t half = n / 2;
	unsigned short node = f->n;

	add(f, BPF_JMP | BPF_JGE | BPF_K, (uint32_t)edge[half], 0, 0);
	if (half > 0)
		search(f, edge, half, at, end);
	else
		f->op[node].jf = (uint8_t)(end + at % 2 - node - 1);
	f->op[node].jt = (uint8_t)(f->n - node - 1);
	if (n - half > 1)
		search(f, edge + half + 1, n - half - 1, at + half + 1, end);
	else
		f->op[node].jt =
		    (uint8_t)(end + (at + half + 1) % 2 - node - 1);
}
/* NOLINTEND(misc-no-recursion) */

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void
refuse_and_allow(struct filter *f)
{
	int edge[2 * sizeof f->refused / sizeof *f->refused] = { 0 };
	size_t n = 0;

	qsort(f->refused, f->nrefused, sizeof *f->refused, by_number);
	for (size_t i = 0; i < f->nrefused; i++) {
		if (n > 0 && edge[n - 1] == f->refused[i])
			n--;
		else
			edge[n++] = f->refused[i];
		edge[n++] = f->refused[i] + 1;
	}
	search(f, edge, n, 0, (unsigned)(f->n + n));
	answer(f, SECCOMP_RET_ALLOW);
	answer(f, REFUSE);
}

static void
seccomp(const struct sandbox *s)
{
	struct filter f = { .n = 0 };

	load(&f, offsetof(struct seccomp_data, arch));
	add(&f, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	answer(&f, REFUSE);
	load(&f, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	/* The calls of x32 are the same under other numbers. */
	add(&f, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
	answer(&f, REFUSE);
#endif
	refuse_all(&f, never, sizeof never / sizeof *never);
	unknown(&f, SYS_clone3);
	unknown(&f, SYS_openat2);
	look_at(&f, SYS_clone, 0, BPF_JSET, CLONE_THREAD, true);
	look_at(&f, SYS_tgkill, 0, BPF_JEQ, (uint32_t)getpid(), true);
	if (s->network)
		internet_only(&f);
	else
		refuse_all(&f, network, sizeof network / sizeof *network);
	if (s->nwrite == 0 && !s->spool) {
		refuse_all(&f, change, sizeof change / sizeof *change);
		look_at(&f, SYS_openat, 2, BPF_JSET,
		    O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, false);
	}
	refuse_and_allow(&f);

	struct sock_fprog program = { f.n, f.op };

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#else

static void
seccomp(const struct sandbox *s)
{
	(void)s;
}

#endif

void
sandbox_enter(const struct sandbox *s)
{
	if (s->off || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return;
	landlock(s);
	seccomp(s);
}

#elif defined(__OpenBSD__) && !defined(NO_SANDBOX)

#include <unistd.h>

void
sandbox_enter(const struct sandbox *s)
{
	if (s->off)
		return;
	if (s->nwrite > 0 || s->spool)
		pledge(s->network ? "stdio rpath wpath cpath fattr inet"
				  : "stdio rpath wpath cpath fattr",
		    NULL);
	else
		pledge(s->network ? "stdio rpath inet" : "stdio rpath", NULL);
}

#else

void
sandbox_enter(const struct sandbox *s)
{
	(void)s;
}

#endif
