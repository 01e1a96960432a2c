// What C programs do, through wasi-libc and the preview 1 adapter: streams, files, directories, clocks, random numbers,
// the environment and exit codes. Built by scripts/build_guests.sh. Prints what it saw; exits with 7.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void check(int condition, const char* what) {
  if (condition) return;
  fprintf(stderr, "failed: %s (errno %d: %s)\n", what, errno, strerror(errno));
  exit(1);
}

static void use_files(void) {
  FILE* file = fopen("/work/c.txt", "w+");
  check(file != NULL, "fopen");
  for (int i = 0; i < 1000; i++) fprintf(file, "line %d\n", i);
  check(fseek(file, -9, SEEK_END) == 0, "fseek");
  char line[32];
  check(fgets(line, sizeof line, file) != NULL && strcmp(line, "line 999\n") == 0, "fgets");
  check(fclose(file) == 0, "fclose");
  struct stat status;
  check(stat("/work/c.txt", &status) == 0 && status.st_size == 8890, "stat");
  check(rename("/work/c.txt", "/work/d.txt") == 0, "rename");
  check(open("/work/c.txt", O_RDONLY) < 0 && errno == ENOENT, "open of what is gone");
  check(open("/etc/passwd", O_RDONLY) < 0, "open of what was not granted");
  check(open("/work/../secret", O_RDONLY) < 0, "open outside");
  check(mkdir("/work/sub", 0777) == 0, "mkdir");
  check(symlink("../d.txt", "/work/sub/link") == 0, "symlink");
  check(stat("/work/sub/link", &status) == 0 && status.st_size == 8890, "stat of a link");
  char target[32] = "";
  check(readlink("/work/sub/link", target, sizeof target) == 8 && strcmp(target, "../d.txt") == 0,
        "readlink");
  check(rmdir("/work/sub") != 0 && errno == ENOTEMPTY, "rmdir of a full directory");
  DIR* directory = opendir("/work/sub");
  check(directory != NULL, "opendir");
  int names = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;)
    names += strcmp(entry->d_name, "link") == 0;
  check(names == 1, "readdir");
  check(closedir(directory) == 0 && unlink("/work/sub/link") == 0 && rmdir("/work/sub") == 0,
        "clean up");
}

static void use_clocks(void) {
  struct timespec before, after, pause = {0, 5000000};
  check(clock_gettime(CLOCK_MONOTONIC, &before) == 0, "clock_gettime");
  check(nanosleep(&pause, NULL) == 0, "nanosleep");
  check(clock_gettime(CLOCK_MONOTONIC, &after) == 0, "clock_gettime");
  const long long passed =
      (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
  check(passed >= 5000000, "nanosleep slept");
  check(time(NULL) > 1700000000, "time");
}

int main(int argc, char** argv) {
  use_files();
  use_clocks();
  unsigned char random[16] = {0}, zero[16] = {0};
  check(getentropy(random, sizeof random) == 0 && memcmp(random, zero, sizeof random) != 0,
        "getentropy");
  for (int i = 1; i < argc; i++) printf("argument %s\n", argv[i]);
  printf("NAME is %s\n", getenv("NAME"));
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) printf("read %s", line);
  fprintf(stderr, "to stderr\n");
  return 7;
}
