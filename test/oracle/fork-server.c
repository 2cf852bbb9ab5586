// Loaded into xtables-legacy-multi with LD_PRELOAD: its main runs in a child for each command that stdin asks
// for, so that nothing is loaded twice; and what it says to the kernel is written down, or answered from an
// earlier record.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// linux/netfilter_ipv4/ip_tables.h; IPv6 has the same numbers.
enum { SET_REPLACE = 64, SET_ADD_COUNTERS = 65, GET_INFO = 64, GET_ENTRIES = 65 };
enum { TABLE_NAME = 32, REPLACE_HEADER = 96, ENTRIES_HEADER = 40 };
// What a job may ask for.
enum { DRY = 1 };
enum { SECONDS = 10, MAX_ARGUMENTS = 4096 };

typedef struct {
  uint32_t flags, arguments, input, play;
} job_t;
typedef struct {
  int32_t status;
  uint32_t output, error, record;
} answer_t;

static job_t job;
static uint8_t* play;
static int record = -1;

static int whole(int fd, void* bytes, size_t size, int write_it) {
  for (size_t done = 0; done < size;) {
    ssize_t n = write_it ? write(fd, (uint8_t*)bytes + done, size - done)
                         : read(fd, (uint8_t*)bytes + done, size - done);
    if (n <= 0) return 0;
    done += (size_t)n;
  }
  return 1;
}
static void note(uint32_t what, const void* bytes, uint32_t size) {
  uint32_t head[2] = {what, size};
  whole(record, head, sizeof head, 1);
  whole(record, (void*)bytes, size, 1);
}
static int ours(int level) { return record >= 0 && (level == IPPROTO_IP || level == IPPROTO_IPV6); }

int setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  if (ours(level) && name == SET_REPLACE) note(SET_REPLACE, value, size);
  if (ours(level) && (job.flags & DRY) && (name == SET_REPLACE || name == SET_ADD_COUNTERS)) return 0;
  return (int)syscall(SYS_setsockopt, fd, level, name, value, size);
}
static uint32_t played(size_t at) {
  uint32_t value;
  memcpy(&value, play + at, sizeof value);
  return value;
}
// The words of ipt_replace in the order in which ipt_getinfo has them.
static int play_info(uint8_t* info) {
  memcpy(info + 32, play + 32, 4);
  memcpy(info + 36, play + 44, 40);
  memcpy(info + 76, play + 36, 8);
  return 0;
}
int getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  if (ours(level) && job.play > REPLACE_HEADER && !strncmp(value, (char*)play, TABLE_NAME)) {
    if (name == GET_INFO) return play_info(value);
    if (name == GET_ENTRIES && *size >= ENTRIES_HEADER + played(40)) {
      memcpy((uint8_t*)value + ENTRIES_HEADER, play + REPLACE_HEADER, played(40));
      return 0;
    }
  }
  // The kernel writes names as far as their NUL, and leaves what stood behind it.
  if (ours(level) && name == GET_ENTRIES && *size > ENTRIES_HEADER)
    memset((uint8_t*)value + ENTRIES_HEADER, 0, *size - ENTRIES_HEADER);
  int failed = (int)syscall(SYS_getsockopt, fd, level, name, value, size);
  if (!failed && ours(level) && name == GET_ENTRIES) note(GET_ENTRIES, value, *size);
  return failed;
}

typedef int (*main_t)(int, char**, char**);
static main_t real_main;

static uint32_t rewound(int fd) {
  struct stat about;
  fstat(fd, &about);
  lseek(fd, 0, SEEK_SET);
  return (uint32_t)about.st_size;
}
static void copy(int from, int to, uint32_t size) {
  uint8_t* bytes = malloc(size + 1);
  if (whole(from, bytes, size, 0)) whole(to, bytes, size, 1);
  free(bytes);
  close(from);
}
static int serve(int argc, char** argv, char** environment) {
  (void)argc, (void)argv;
  int in = dup(0), out = dup(1);
  while (whole(in, &job, sizeof job, 0)) {
    char* arguments = calloc(1, job.arguments + 1);
    uint8_t* input = malloc(job.input + 1);
    play = malloc(job.play + 1);
    if (!whole(in, arguments, job.arguments, 0) || !whole(in, input, job.input, 0) ||
        !whole(in, play, job.play, 0))
      return 1;
    int std[4];
    for (int i = 0; i < 4; i++) std[i] = memfd_create("job", MFD_CLOEXEC);
    whole(std[0], input, job.input, 1);
    lseek(std[0], 0, SEEK_SET);
    pid_t child = fork();
    if (child == 0) {
      static char* words[MAX_ARGUMENTS + 1];
      int count = 0;
      for (char* at = arguments; at < arguments + job.arguments && count < MAX_ARGUMENTS;
           at += strlen(at) + 1)
        words[count++] = at;
      for (int i = 0; i < 3; i++) dup2(std[i], i);
      record = std[3];
      alarm(SECONDS);
      exit(real_main(count, words, environment));
    }
    answer_t answer;
    if (child < 0 || waitpid(child, &answer.status, 0) < 0) return 1;
    answer.output = rewound(std[1]), answer.error = rewound(std[2]), answer.record = rewound(std[3]);
    whole(out, &answer, sizeof answer, 1);
    close(std[0]);
    copy(std[1], out, answer.output);
    copy(std[2], out, answer.error);
    copy(std[3], out, answer.record);
    free(arguments), free(input), free(play);
  }
  return 0;
}

typedef int (*start_t)(main_t, int, char**, void (*)(void), void (*)(void), void (*)(void), void*);
int __libc_start_main(main_t main, int argc, char** argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void* stack) {
  real_main = main;
  return ((start_t)dlsym(RTLD_NEXT, "__libc_start_main"))(serve, argc, argv, init, fini, rtld_fini, stack);
}
