// The contestant Caffeine: ../workload.h in Java, step by step; what and why is said there.
//
// Keys and values are objects, since a cache in Java holds nothing else: a key is made for each
// lookup, as its users do, and a get gives the value itself, which they keep without a copy. That
// is its best, and less than what the others do. Everything is compiled before the clock starts.
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.IntConsumer;

public final class Peer {
  private static final int BATCH = 100;
  private static final int BLOCK = 64 * BATCH; // operations between two looks at the clock
  private static final int SET = 1 << 31; // in a sequence: this operation is a set

  /** The halves are mixed well, so either one is a hash. */
  private record Key(long first, long second) {
    @Override
    public int hashCode() {
      return (int) first;
    }
  }

  /** What the compiler must believe that somebody reads, one a thread, far from that of another. */
  private static final class Reader {
    private final long[] room = new long[32];

    void read(long[] value) {
      room[16] += value[7];
    }
  }

  private final Cache<Key, long[]> cache;
  private final int keys;
  private final int threads;
  private final double seconds;
  private final int[] ids;

  private Peer(int keys, long room, int threads, double seconds, int[] ids) {
    this.cache = Caffeine.newBuilder().maximumSize(room).build();
    this.keys = keys;
    this.threads = threads;
    this.seconds = seconds;
    this.ids = ids;
  }

  private static long mix(long x) { // the finalizer of splitmix64
    x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }

  private static Key keyOf(int id) {
    return new Key(mix(id + 0x9e3779b97f4a7c15L), mix(id + 0x3c6ef372fe94f82aL));
  }

  private static long[] valueOf(Key key) {
    long[] value = new long[8];
    for (int i = 0; i < value.length; i++) {
      value[i] = key.first + i;
    }
    return value;
  }

  private void set(int id) {
    Key key = keyOf(id);
    cache.put(key, valueOf(key));
  }

  /** Gets one key and checks what comes; returns whether it was there. */
  private boolean checkedGet(int id) {
    Key key = keyOf(id);
    long[] value = cache.getIfPresent(key);
    if (value == null) {
      return false;
    }
    for (int i = 0; i < value.length; i++) {
      if (value[i] != key.first + i) {
        throw new IllegalStateException("a wrong value came back");
      }
    }
    return true;
  }

  private int id(int position) {
    return ids[position & (ids.length - 1)];
  }

  private interface Blocks {
    IntConsumer of(Reader reader);
  }

  private double operationsPerSecond(Blocks blocks) throws InterruptedException {
    double[] rates = new double[threads];
    CyclicBarrier start = new CyclicBarrier(threads);
    Thread[] all = new Thread[threads];
    for (int thread = 0; thread < threads; thread++) {
      int number = thread;
      all[thread] =
          new Thread(
              () -> {
                IntConsumer block = blocks.of(new Reader());
                int position = ids.length / threads * number;
                await(start);
                long begin = System.nanoTime();
                long done = 0;
                double elapsed = 0;
                while (elapsed < seconds) {
                  block.accept(position);
                  position += BLOCK;
                  done += BLOCK;
                  elapsed = (System.nanoTime() - begin) / 1e9;
                }
                rates[number] = done / elapsed;
              });
    }
    for (Thread thread : all) {
      thread.start();
    }
    double sum = 0;
    for (int thread = 0; thread < threads; thread++) {
      all[thread].join();
      if (rates[thread] == 0) {
        throw new IllegalStateException("a thread ended badly");
      }
      sum += rates[thread];
    }
    return sum;
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException error) {
      throw new IllegalStateException(error);
    }
  }

  /** Runs the blocks once over the sequence, then times them and writes the line. */
  private void report(Blocks blocks, double hit) throws InterruptedException {
    IntConsumer warm = blocks.of(new Reader());
    for (int i = 0; i < ids.length; i += BLOCK) {
      warm.accept(i);
    }
    double rate = operationsPerSecond(blocks);
    System.out.printf(
        Locale.ROOT,
        "{\"version\": \"%s (JDK %s)\", \"ns\": %.3f, \"mops\": %.4f, \"hit\": %.6f}%n",
        Caffeine.class.getPackage().getImplementationVersion(),
        System.getProperty("java.version"),
        1e9 / rate,
        rate / 1e6,
        hit);
  }

  private void allHits() throws InterruptedException {
    for (int id = 0; id < keys; id++) {
      set(id);
    }
    for (int id = 0; id < keys; id++) {
      if (!checkedGet(id)) {
        throw new IllegalStateException("an entry is missing although there is room");
      }
    }
    report(
        reader ->
            position -> {
              for (int i = 0; i < BLOCK; i++) {
                long[] value = cache.getIfPresent(keyOf(id(position + i)));
                if (value == null) {
                  throw new IllegalStateException("an entry was lost");
                }
                reader.read(value);
              }
            },
        1);
  }

  private void mixed() throws InterruptedException {
    // One round warms the cache; its second half, the same for all, gives the hit ratio.
    long gets = 0;
    long hits = 0;
    for (int i = 0; i < ids.length; i++) {
      if ((ids[i] & SET) != 0) {
        set(ids[i] & ~SET);
      } else {
        boolean hit = checkedGet(ids[i]);
        if (i >= ids.length / 2) {
          gets++;
          hits += hit ? 1 : 0;
        }
      }
    }
    report(
        reader ->
            position -> {
              for (int i = 0; i < BLOCK; i++) {
                int id = id(position + i);
                if ((id & SET) != 0) {
                  set(id & ~SET);
                } else {
                  long[] value = cache.getIfPresent(keyOf(id));
                  if (value != null) {
                    reader.read(value);
                  }
                }
              }
            },
        (double) hits / gets);
  }

  private static int[] sequence(String path) throws IOException {
    try (FileChannel file = FileChannel.open(Path.of(path))) {
      int[] ids = new int[Math.toIntExact(file.size() / 4)];
      if (Integer.bitCount(ids.length) != 1) {
        throw new IOException("not a sequence: " + path);
      }
      file.map(FileChannel.MapMode.READ_ONLY, 0, file.size())
          .order(ByteOrder.nativeOrder())
          .asIntBuffer()
          .get(ids);
      return ids;
    }
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 6) {
      throw new IllegalArgumentException("usage: WORK KEYS ROOM THREADS SECONDS SEQUENCE");
    }
    Peer peer =
        new Peer(
            Integer.parseInt(arguments[1]),
            Long.parseLong(arguments[2]),
            Integer.parseInt(arguments[3]),
            Double.parseDouble(arguments[4]),
            sequence(arguments[5]));
    switch (arguments[0]) {
      case "W1" -> peer.allHits();
      case "W2" -> peer.mixed();
      default -> throw new IllegalArgumentException("unknown work " + arguments[0]);
    }
  }
}
