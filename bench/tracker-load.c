/*
 * Asks a tracker as fast as it answers, with 64 requests in flight, at a fraction of what answering costs.
 *
 *     tracker-load <mode> <address> <port> <torrents> <peers> <requests> <seed>
 *     modes: udp-fill udp-announce udp-pairs udp-scrape1 udp-scrape70 http-fill http-keep http-close http-scrape hashes
 *
 * A fill announces every peer of every torrent once; the others draw at random. Prints one line of JSON:
 * {"answers", "lost", "bytes", "seconds"}. `hashes` prints the info hashes in hex, for a tracker that wants to be told.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IN_FLIGHT 64
#define BATCH 32
#define DATAGRAM_MAX 2048

static uint64_t dice;
static struct sockaddr_in target;
static uint32_t torrents, peers;
static uint64_t answers, lost, bytes_in;

static uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15ull;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
  return value ^ (value >> 31);
}
static uint32_t draw(uint32_t below) { return (uint32_t)((mix(dice++) >> 32) * below >> 32); }

static void info_hash(uint32_t torrent, uint8_t *out) {
  for (int part = 0; part < 3; part++) {
    uint64_t word = mix(((uint64_t)torrent << 2) + part);
    memcpy(out + 8 * part, &word, part < 2 ? 8 : 4);
  }
}
static void peer_id(uint32_t torrent, uint32_t peer, uint8_t *out) {
  char text[32];
  snprintf(text, sizeof text, "-XX0001-%06u%06u", torrent % 1000000, peer % 1000000);
  memcpy(out, text, 20);
}
static uint16_t peer_port(uint32_t peer) { return (uint16_t)(1024 + peer); }
/* One peer in five is a seed. */
static int is_seed(uint32_t peer) { return peer % 5 == 0; }

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}
static void put32(uint8_t *at, uint32_t value) {
  value = htonl(value);
  memcpy(at, &value, 4);
}
static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* ---- UDP ---- */

static uint8_t connection_id[8];

static size_t connect_request(uint8_t *out) {
  static const uint8_t head[12] = {0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80, 0, 0, 0, 0};
  memcpy(out, head, 12);
  put32(out + 12, 7);
  return 16;
}
static size_t announce_request(uint8_t *out, uint32_t torrent, uint32_t peer, const uint8_t *id) {
  memset(out, 0, 98);
  memcpy(out, id, 8);
  put32(out + 8, 1);
  put32(out + 12, 9);
  info_hash(torrent, out + 16);
  peer_id(torrent, peer, out + 36);
  put32(out + 68, is_seed(peer) ? 0 : 1000);
  put32(out + 88, peer + 1);
  put32(out + 92, 50);
  uint16_t port = htons(peer_port(peer));
  memcpy(out + 96, &port, 2);
  return 98;
}
static size_t scrape_request(uint8_t *out, int count) {
  memcpy(out, connection_id, 8);
  put32(out + 8, 2);
  put32(out + 12, 9);
  for (int hash = 0; hash < count; hash++) info_hash(draw(torrents), out + 16 + 20 * hash);
  return 16 + 20 * count;
}
static int udp_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  int length = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &length, sizeof length);
  if (connect(fd, (struct sockaddr *)&target, sizeof target)) fail("connect");
  struct timeval wait = {0, 200000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  return fd;
}
static void learn_id(int fd) {
  uint8_t out[16], in[64];
  for (int tries = 0; tries < 20; tries++) {
    if (send(fd, out, connect_request(out), 0) < 0) fail("send");
    /* Late answers to what was given up may come first. */
    for (ssize_t got; (got = recv(fd, in, sizeof in, 0)) > 0;) {
      if (got < 16 || in[3] != 0) continue;
      memcpy(connection_id, in + 8, 8);
      return;
    }
  }
  fprintf(stderr, "no connection id\n");
  exit(1);
}
static void run_udp(const char *mode, uint64_t requests) {
  static uint8_t out[BATCH][DATAGRAM_MAX], in[BATCH][DATAGRAM_MAX];
  struct mmsghdr send_messages[BATCH] = {0}, receive_messages[BATCH] = {0};
  struct iovec send_parts[BATCH], receive_parts[BATCH];
  int fd = udp_socket();
  int is_pairs = !strcmp(mode, "udp-pairs"), is_fill = !strcmp(mode, "udp-fill");
  int scraped = !strcmp(mode, "udp-scrape1") ? 1 : !strcmp(mode, "udp-scrape70") ? 70 : 0;
  uint64_t sent = 0;
  uint32_t open = 0;
  learn_id(fd);
  double renewed = seconds_now();
  for (int at = 0; at < BATCH; at++) {
    receive_parts[at] = (struct iovec){in[at], DATAGRAM_MAX};
    receive_messages[at].msg_hdr.msg_iov = &receive_parts[at];
    receive_messages[at].msg_hdr.msg_iovlen = 1;
    send_messages[at].msg_hdr.msg_iov = &send_parts[at];
    send_messages[at].msg_hdr.msg_iovlen = 1;
  }
  uint8_t fresh[BATCH][8];
  int fresh_count = 0;
  while (answers + lost < requests) {
    int count = 0;
    while (count < BATCH && open + count < IN_FLIGHT && (sent < requests || fresh_count > 0)) {
      size_t length;
      if (is_pairs && fresh_count == 0) length = connect_request(out[count]), sent++;
      else if (is_pairs) length = announce_request(out[count], draw(torrents), draw(peers), fresh[--fresh_count]);
      else if (scraped) length = scrape_request(out[count], scraped), sent++;
      else if (is_fill) length = announce_request(out[count], sent / peers, sent % peers, connection_id), sent++;
      else length = announce_request(out[count], draw(torrents), draw(peers), connection_id), sent++;
      send_parts[count] = (struct iovec){out[count], length};
      count++;
    }
    for (int done = 0; done < count;) {
      int now = sendmmsg(fd, send_messages + done, count - done, 0);
      if (now < 0) fail("sendmmsg");
      done += now;
    }
    open += count;
    int got = recvmmsg(fd, receive_messages, BATCH, MSG_WAITFORONE, NULL);
    if (got < 0) {
      /* Nothing is on its way any more: whatever is still missing will not come. */
      if (open == 0 && sent >= requests) lost = requests - answers;
      lost += open;
      open = 0;
      learn_id(fd);
      continue;
    }
    for (int at = 0; at < got; at++) {
      bytes_in += receive_messages[at].msg_len;
      if (is_pairs && in[at][3] == 0) memcpy(fresh[fresh_count++], in[at] + 8, 8);
      else if (in[at][3] != 3) answers++;
      else lost++;
    }
    open = open > (uint32_t)got ? open - got : 0;
    if (seconds_now() - renewed > 30) {
      /* What is in flight now is counted as it comes; the answer to this is swallowed among them. */
      uint8_t hello[16];
      if (send(fd, hello, connect_request(hello), 0) == 16) open++;
      renewed = seconds_now();
    }
    if (!is_pairs) for (int at = 0; at < got; at++) if (in[at][3] == 0) memcpy(connection_id, in[at] + 8, 8), answers--;
  }
}

/* ---- HTTP ---- */

struct link {
  int fd;
  size_t have, body_end;
  uint8_t in[32768];
};

static void escape(char **at, const uint8_t *from, int length) {
  static const char digits[] = "0123456789abcdef";
  for (int byte = 0; byte < length; byte++) {
    *(*at)++ = '%';
    *(*at)++ = digits[from[byte] >> 4];
    *(*at)++ = digits[from[byte] & 15];
  }
}
static size_t http_request(char *out, const char *mode, uint64_t number) {
  char *at = out;
  uint8_t hash[24], id[20];
  int is_fill = !strcmp(mode, "http-fill"), is_scrape = !strcmp(mode, "http-scrape"), keeps = !strcmp(mode, "http-keep") || is_fill;
  uint32_t torrent = is_fill ? number / peers : draw(torrents), peer = is_fill ? number % peers : draw(peers);
  info_hash(torrent, hash);
  at += sprintf(at, "GET /%s?info_hash=", is_scrape ? "scrape" : "announce");
  escape(&at, hash, 20);
  if (!is_scrape) {
    peer_id(torrent, peer, id);
    at += sprintf(at, "&peer_id=%.20s&port=%u&uploaded=0&downloaded=0&left=%u&compact=1&numwant=50&key=%08X", (char *)id, peer_port(peer),
                  is_seed(peer) ? 0 : 1000, peer + 1);
  }
  at += sprintf(at, " HTTP/1.1\r\nHost: tracker\r\nUser-Agent: load\r\n%s\r\n", keeps ? "" : "Connection: close\r\n");
  return at - out;
}
static int http_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, (struct sockaddr *)&target, sizeof target)) fail("connect");
  return fd;
}
static void run_http(const char *mode, uint64_t requests) {
  static struct link links[IN_FLIGHT];
  int keeps = !strcmp(mode, "http-keep") || !strcmp(mode, "http-fill");
  int poll = epoll_create1(0);
  uint64_t sent = 0;
  char out[2048];
  for (int at = 0; at < IN_FLIGHT; at++) {
    struct link *link = &links[at];
    link->fd = http_socket();
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
    epoll_ctl(poll, EPOLL_CTL_ADD, link->fd, &event);
    if (send(link->fd, out, http_request(out, mode, sent++), 0) < 0) fail("send");
  }
  while (answers + lost < requests) {
    struct epoll_event events[IN_FLIGHT];
    int count = epoll_wait(poll, events, IN_FLIGHT, 2000);
    if (count <= 0) {
      fprintf(stderr, "the tracker is silent\n");
      exit(1);
    }
    for (int index = 0; index < count; index++) {
      struct link *link = events[index].data.ptr;
      ssize_t got = recv(link->fd, link->in + link->have, sizeof link->in - link->have - 1, 0);
      if (got > 0) link->have += got, bytes_in += got;
      if (got > 0 && link->body_end == 0) {
        link->in[link->have] = 0;
        char *end = strstr((char *)link->in, "\r\n\r\n"), *length = strcasestr((char *)link->in, "content-length:");
        if (end && length) link->body_end = (end + 4 - (char *)link->in) + atoi(length + 15);
      }
      int is_whole = link->body_end > 0 && link->have >= link->body_end;
      if (got > 0 && (!keeps || !is_whole)) continue;
      if (link->have > 12 && !memcmp(link->in + 9, "200", 3)) answers++;
      else lost++;
      if (got <= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
        close(link->fd);
        if (sent >= requests) continue;
        link->fd = http_socket();
        epoll_ctl(poll, EPOLL_CTL_ADD, link->fd, &event);
      }
      link->have = link->body_end = 0;
      if (sent < requests && send(link->fd, out, http_request(out, mode, sent++), 0) < 0) fail("send");
    }
  }
}

int main(int count, char **words) {
  if (count < 8) {
    fprintf(stderr, "usage: tracker-load mode address port torrents peers requests seed\n");
    return 2;
  }
  target.sin_family = AF_INET;
  inet_pton(AF_INET, words[2], &target.sin_addr);
  target.sin_port = htons(atoi(words[3]));
  torrents = atoi(words[4]);
  peers = atoi(words[5]);
  uint64_t requests = strtoull(words[6], NULL, 10);
  dice = mix(strtoull(words[7], NULL, 10));
  if (!strcmp(words[1], "hashes")) {
    for (uint32_t torrent = 0; torrent < torrents; torrent++) {
      uint8_t hash[24];
      info_hash(torrent, hash);
      for (int byte = 0; byte < 20; byte++) printf("%02x", hash[byte]);
      printf("\n");
    }
    return 0;
  }
  double start = seconds_now();
  if (!strncmp(words[1], "udp", 3)) run_udp(words[1], requests);
  else run_http(words[1], requests);
  printf("{\"answers\": %llu, \"lost\": %llu, \"bytes\": %llu, \"seconds\": %.6f}\n", (unsigned long long)answers, (unsigned long long)lost,
         (unsigned long long)bytes_in, seconds_now() - start);
  return 0;
}
