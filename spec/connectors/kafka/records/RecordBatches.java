import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.*;
import org.apache.kafka.common.record.internal.Record;

/** Kafka's own classes: they write record batches (`write dir`), and say what is in ours (`read files…`). */
public class RecordBatches {
  public static void main(String[] args) throws Exception {
    if (args[0].equals("write")) write(Path.of(args[1]));
    else if (args[0].equals("partition")) partition(args);
    else for (int i = 1; i < args.length; i++) read(Path.of(args[i]));
  }

  static void partition(String[] args) {
    for (int i = 1; i < args.length; i++)
      System.out.println(BuiltInPartitioner.partitionForKey(args[i].getBytes(StandardCharsets.UTF_8), 7));
  }

  static void write(Path dir) throws Exception {
    for (CompressionType type : CompressionType.values()) {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
      MemoryRecordsBuilder builder =
          MemoryRecords.builder(buffer, RecordBatch.MAGIC_VALUE_V2, Compression.of(type).build(), TimestampType.CREATE_TIME, 100L);
      for (int i = 0; i < 3000; i++) {
        Header[] headers = i % 3 == 0 ? new Header[] {new RecordHeader("h", bytes("1")), new RecordHeader("h", null)} : new Header[0];
        builder.append(1700000000000L + i * 7, i % 2 == 0 ? bytes("key " + i) : null, i % 5 == 4 ? null : bytes("value " + i), headers);
      }
      MemoryRecords records = builder.build();
      byte[] out = new byte[records.sizeInBytes()];
      records.buffer().get(out);
      Files.write(dir.resolve(type.name), out);
    }
  }

  static void read(Path file) throws Exception {
    MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(Files.readAllBytes(file)));
    for (RecordBatch batch : records.batches()) {
      batch.ensureValid();
      System.out.println(String.join(" ", batch.compressionType().name, "" + batch.lastOffset(), "" + batch.maxTimestamp(),
          "" + batch.producerId(), "" + batch.producerEpoch(), "" + batch.baseSequence(), "" + batch.isTransactional()));
      for (Record record : batch) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) headers.add(header.key() + ":" + text(ByteBuffer.wrap(header.value() == null ? bytes("null") : header.value())));
        System.out.println(String.join(" ", "" + record.offset(), "" + record.timestamp(), text(record.key()), text(record.value()), String.join(",", headers)));
      }
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(ByteBuffer bytes) {
    return bytes == null ? "null" : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }
}
