/* Stands in for libFuzzer where only the corpus is replayed: feeds every file of the folders and files that are named. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILE_MAX (8 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* An exact-size copy, so that a sanitizer sees a read past the end. */
static int feed(const char *path, size_t n)
{
	uint8_t *data = malloc(n != 0 ? n : 1);
	FILE *in = fopen(path, "rb");
	int failed = data == NULL || in == NULL || n > FILE_MAX || fread(data, 1, n, in) != n;

	if (failed)
		fprintf(stderr, "%s: it cannot be read\n", path);
	else
		LLVMFuzzerTestOneInput(data, n);
	if (in != NULL)
		fclose(in);
	free(data);
	return failed;
}

/* Counts what was fed in *fed; returns how many could not be. */
static int replay(const char *path, unsigned *fed)
{
	struct stat st;
	struct dirent **names = NULL;
	int failed = 0, n;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		++*fed;
		return feed(path, (size_t)st.st_size);
	}
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0) {
		perror(path);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		char below[4096];
		snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			failed += replay(below, fed);
		free(names[i]);
	}
	free(names);
	return failed;
}

int main(int argc, char **argv)
{
	unsigned fed = 0;
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed += replay(argv[i], &fed);
	printf("%u inputs\n", fed);
	return failed != 0 || fed == 0;
}
