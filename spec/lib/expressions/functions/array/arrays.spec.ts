import { conditionOf, valueOf } from '../../constants.js';

// What Spark gives for each.
describe('functions of arrays', () => {
  it.each<[string, unknown]>([
    ['element_at(array(1, 2, 3), -1)', 3],
    ['try_element_at(array(1), 5)', null],
    ['get(array(1), -1)', null],
    ["element_at(map('a', 1), NULL)", null],
    ['array_insert(array(1, 2), 5, 9)', [1, 2, null, null, 9]],
    ['array_insert(array(1, 2), -4, 9)', [9, null, 1, 2]],
    ['array_insert(array(1, 2), -2, 9)', [1, 9, 2]],
    ['array_insert(array(1), 1, NULL)', [null, 1]],
    ['array_append(array(1), NULL)', [1, null]],
    ['array_append(CAST(NULL AS ARRAY<INT>), 1)', null],
    ['array_append(array(1), 2.5)', [10n, 25n]],
    ['slice(array(1, 2, 3), -2, 5)', [2, 3]],
    ['slice(array(1, 2, 3), -5, 2)', []],
    ['array_position(array(1, NULL, 2), 2)', 3n],
    ['array_except(array(1, NULL, NULL, 2), array(2))', [1, null]],
    ['array_intersect(array(1, NULL, 1), array(NULL, 1))', [1, null]],
    ['arrays_overlap(array(1, NULL), array(1))', true],
    ['arrays_overlap(array(), array(NULL))', false],
    ['sort_array(array(1, NULL, 3), false)', [3, 1, null]],
    ['array_sort(array(3, NULL, 1))', [1, 3, null]],
    ["array_join(array('a', NULL), ',', NULL)", null],
    ['array_repeat(NULL, 2)', [null, null]],
    ['array_repeat(1, -1)', []],
    ['exists(array(1, NULL), x -> x > 1)', null],
    ['forall(array(1, NULL), x -> x > 1)', false],
    ['exists(array(1, 0), x -> 1 div x = 1)', true],
    ["array_max(array(double('NaN'), 1D))", NaN],
    [
      'arrays_zip(array(1), array(2, 3))',
      [
        [1, 2],
        [null, 3],
      ],
    ],
    ['reduce(array(1, 2), 0, (a, x) -> a + x)', 3],
    ['aggregate(array(), 5, (a, x) -> a)', 5],
    ['concat(array(1), CAST(NULL AS ARRAY<INT>))', null],
    ['size(CAST(NULL AS ARRAY<INT>))', null],
    ['sequence(1, 3)', [1, 2, 3]],
    ['sequence(3L, 1L, -2L)', [3n, 1n]],
    ["sequence(DATE'2024-01-30', DATE'2024-03-31', INTERVAL 1 MONTH)", [19752, 19782, 19812]],
    ["sequence(DATE'2024-01-02', DATE'2024-01-01')", [19724, 19723]],
    ["sequence(DATE'2024-01-01', DATE'2024-01-05', INTERVAL '2' DAY)", [19723, 19725, 19727]],
    ["size(sequence(TIMESTAMP'2024-01-01', TIMESTAMP'2024-01-02', INTERVAL 6 HOURS))", 5],
  ])('%s', (sql, expected) => expect(valueOf(sql)).toEqual(expected));

  it.each([
    ['element_at(array(1), 2)', 'INVALID_ARRAY_INDEX_IN_ELEMENT_AT'],
    ['element_at(array(1), 0)', 'INVALID_INDEX_OF_ZERO'],
    ['try_element_at(array(1), 0)', 'INVALID_INDEX_OF_ZERO'],
    ["element_at(array(1), '1')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
    ['array_contains(NULL, 1)', 'DATATYPE_MISMATCH.NULL_TYPE'],
    ['array_remove(1, 1)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
    ['array_append(NULL, 1)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
    ["array_append(array(1), 'a')", 'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES'],
    ['array_insert(array(1), 0, 1)', 'INVALID_INDEX_OF_ZERO'],
    ['slice(array(1), 0, 1)', 'INVALID_PARAMETER_VALUE.START'],
    ['slice(array(1), 1, -1)', 'INVALID_PARAMETER_VALUE.LENGTH'],
    ["array_union(array(1), array('a'))", 'DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES'],
    ['array_sort(array(1, 2), (a, b) -> NULL + 0)', 'COMPARATOR_RETURNS_NULL'],
    ['array_sort(array(1, 2), (a, b) -> 1L)', 'DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE'],
    ['aggregate(array(1.5), 0, (a, x) -> a + x)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
    ['filter(array(1), x -> x)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
    ['array_distinct(array(map(1, 2)))', 'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE'],
    ['sequence(1, 5, 0)', 'ILLEGAL_SEQUENCE_BOUNDARIES'],
    ["sequence(DATE'2024-01-01', DATE'2024-01-05', INTERVAL 1 HOUR)", 'INVALID_SEQUENCE_STEP'],
    ["sequence('a', 'b')", 'DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES'],
    ['sequence(0L, 9000000000000000000L)', 'COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER'],
  ])('%s fails with %s', (sql, condition) => expect(conditionOf(sql)).toBe(condition));

  it('without ANSI give null instead of some errors', () => {
    expect(valueOf('element_at(array(1), 2)', { ansi: false })).toBeNull();
    expect(valueOf('size(CAST(NULL AS ARRAY<INT>))', { ansi: false })).toBe(-1);
    expect(valueOf("concat(array(1), array('a'))", { ansi: false })).toEqual(['1', 'a']);
  });

  it('shuffle to another order of the same elements', () => {
    const shuffled = valueOf('shuffle(sequence(1, 50))') as number[];
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(shuffled).not.toEqual([...shuffled].sort((a, b) => a - b));
    // The same batch again.
    expect(valueOf('shuffle(sequence(1, 50))')).toEqual(shuffled);
  });
});
