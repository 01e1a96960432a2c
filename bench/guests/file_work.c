// Work on files, the same program for a guest (file_work.p1.wasm, file_work.wasm) and for the
// machine itself: `bench/compare.py io` compares the two. Built by scripts/build_guests.sh and by
// CMake.
//
//   many FOLDER COUNT   creates, stats, reads, lists and removes so many small files
//   write FILE MIB      writes a file in blocks of 64 KiB
//   read FILE           reads it likewise
//   cat                 copies standard input to standard output likewise
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char block[1 << 16];

static void check(long result, const char* what) {
  if (result >= 0) return;
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static const char* name_of(const char* folder, int number) {
  static char name[256];
  snprintf(name, sizeof name, "%s/file_%06d", folder, number);
  return name;
}

static int many(const char* folder, int count) {
  static const char text[] = "sixteen bytes...";
  long bytes = 0, listed = 0;
  for (int i = 0; i < count; i++) {
    const int file = open(name_of(folder, i), O_CREAT | O_EXCL | O_WRONLY, 0644);
    check(file, "create");
    check(write(file, text, 16), "write");
    close(file);
  }
  for (int i = 0; i < count; i++) {
    struct stat status;
    check(stat(name_of(folder, i), &status), "stat");
    bytes += (long)status.st_size;
  }
  for (int i = 0; i < count; i++) {
    const int file = open(name_of(folder, i), O_RDONLY);
    check(file, "open");
    const ssize_t size = read(file, block, sizeof block);
    check(size, "read");
    bytes += size;
    close(file);
  }
  DIR* directory = opendir(folder);
  check(directory == NULL ? -1 : 0, "opendir");
  while (readdir(directory) != NULL) listed++;
  closedir(directory);
  for (int i = 0; i < count; i++) check(unlink(name_of(folder, i)), "unlink");
  printf("%ld bytes, %ld entries\n", bytes, listed);
  return 0;
}

static void write_all(int file, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t written = write(file, block + done, size - done);
    check(written, "write");
    done += (size_t)written;
  }
}

static int copy(int from, int to) {
  for (;;) {
    const ssize_t size = read(from, block, sizeof block);
    check(size, "read");
    if (size == 0) return 0;
    if (to >= 0) write_all(to, (size_t)size);
  }
}

int main(int argc, char** argv) {
  const char* command = argc > 1 ? argv[1] : "";
  if (strcmp(command, "many") == 0 && argc == 4) return many(argv[2], atoi(argv[3]));
  if (strcmp(command, "write") == 0 && argc == 4) {
    const int file = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY, 0644);
    check(file, argv[2]);
    for (long i = atol(argv[3]) * 16; i > 0; i--) write_all(file, sizeof block);
    return 0;
  }
  if (strcmp(command, "read") == 0 && argc == 3) {
    const int file = open(argv[2], O_RDONLY);
    check(file, argv[2]);
    return copy(file, -1);
  }
  if (strcmp(command, "cat") == 0) return copy(STDIN_FILENO, STDOUT_FILENO);
  fprintf(stderr, "many FOLDER COUNT | write FILE MIB | read FILE | cat\n");
  return 2;
}
