/**
 * Every error code, with when it is raised and what to do about it. Codes are stable; messages are not.
 * The table in `docs/errors.md` is made from this list.
 */
export const errorCodes = {
  UNKNOWN_OPTION: 'An option name is not known. The message gives the nearest known name.',
  INVALID_OPTION: 'An option has a value of the wrong type, out of range, or at odds with another option.',
  MISSING_OPTION: 'A required option was not given.',
  SCHEMA_REQUIRED: 'The types of the columns are not known here. Give a `schema`.',
  INVALID_SCHEMA: 'A schema cannot be read: the message points at the character.',
  SCHEMA_MISMATCH: 'Data does not have the columns or types that were declared or seen before.',
  SCHEMA_CHANGED: 'A file has other columns than those that are known, and `schemaEvolution` is `fail`.',
  TYPE_MISMATCH: 'A value cannot be stored in the type of its column without changing it.',
  UNKNOWN_COLUMN: 'A column that is named does not exist. The message gives the nearest known name.',
  INVALID_EXPRESSION:
    'An expression is wrong whatever the data: its syntax, its types, an unknown function. The message points at it.',
  EXPRESSION_FAILED:
    'An expression has no value for a row: overflow, division by zero, an invalid cast. `try_` functions give null.',
  VALIDATION_FAILED:
    'Rows break a rule of `validate`, and its `otherwise` is `fail`. The message gives the rules and a row.',
  PATH_NOT_FOUND: 'A file or directory that was named does not exist.',
  FILE_UNREADABLE: 'A file cannot be opened or read: permissions, an input/output error, or not of the format.',
  FILE_CHANGED: 'A file that was planned to be read has vanished, shrunk or been replaced since.',
  FILE_UNWRITABLE: 'A file or directory cannot be written: permissions, no space left, a read-only disk.',
  MALFORMED_RECORD: 'A record does not fit the schema or the format, and `mode` is FAILFAST.',
  RECORD_TOO_LARGE: 'A record is longer than `maxRecordBytes`, or than what a Kafka topic takes.',
  RECORDS_CORRUPT:
    'A batch of Kafka records fails its checksum or is damaged. The message gives topic, partition and offset.',
  DECOMPRESSED_TOO_LARGE: 'A compressed file, or batch of Kafka records, holds more than `maxDecompressedBytes`.',
  DATA_LOSS: 'Data that was to be read is gone.',
  BROKER_UNREACHABLE: 'No Kafka broker answered for as long as the options allow. The message says what was tried.',
  AUTHENTICATION_FAILED: 'A Kafka broker refuses the credentials, or how they were offered.',
  NOT_AUTHORIZED: 'A Kafka user lacks a permission. The message names the topic, group or transactional id.',
  CERTIFICATE_REJECTED:
    'The certificate of a Kafka broker, or that of the client, was refused, or is for another host.',
  TOPIC_NOT_FOUND: 'A Kafka topic that was named does not exist.',
  PRODUCER_FENCED:
    'Another process writes to Kafka for the same query. This one has stopped; nothing of it is there twice.',
  GROUP_MEMBER_FENCED:
    'Another process has joined the Kafka group under the same `groupInstanceId`. This one has stopped.',
  GROUP_REFUSED:
    'The coordinator of a Kafka group does not take this member: consumers of another kind are in it, it is full, or a timeout is out of its bounds.',
  BUFFER_OVERFLOW: 'A bounded buffer is full and its policy is `error`.',
  CHECKPOINT_MISMATCH: 'The pipeline no longer fits what its checkpoint holds. Both sides are named.',
  CHECKPOINT_CORRUPT: 'A checkpoint file is damaged in a way that cannot be repaired without losing data.',
  CHECKPOINT_IN_USE: 'Another process (or query) is running on this checkpoint. The owner is named.',
  CHECKPOINT_UNWRITABLE: 'The checkpoint cannot be written: permissions, no space left, a read-only disk.',
  UNSUPPORTED_PIPELINE: 'The pipeline, or this combination of its parts, cannot be run correctly.',
  UNSUPPORTED_OUTPUT_MODE: 'The sink or the pipeline does not support the output mode.',
  USER_FUNCTION_FAILED: 'A function that was given to an operator, source or sink threw. The cause is kept.',
  TIMEOUT: 'Something did not finish in the time that it was given.',
  SOURCE_FAILED: 'A source failed in a way that has no code of its own. The cause is kept.',
  SINK_FAILED: 'A sink failed in a way that has no code of its own. The cause is kept.',
  QUERY_STOPPED: 'What was asked cannot be had because the query has ended.',
  DUPLICATE_NAME: 'Two queries, sources or operators of one name where names must differ.',
  MISSING_PACKAGE: 'An optional package is needed that is not installed. The message says how to install it.',
  UNKNOWN_TABLE: 'There is no memory table of that name. The message gives the nearest known name.',
  INVALID_SQL: 'What was given to `sql` is no SELECT, or wrong whatever the data: its syntax, names or types.',
  SQL_FAILED: 'A query given to `sql` failed while it ran. The cause is kept.',
  CONTRACT_VIOLATED: 'A source or sink does not keep the contract of its author interface.',
} as const;

export type ErrorCode = keyof typeof errorCodes;
