import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.search.Query;

/** One part of a newsbeam query, which can be said in Lucene's own objects. */
interface Part {
  /** The Lucene query that decides this part for the one document of `reader`, or for any if that is null. */
  Query query(IndexReader reader) throws IOException;

  /**
   * The forms in which this part can stand in running text. Each is of fixed width, so that Lucene's intervals,
   * which keep the shortest findings only, lose none. Forms with a word that the document lacks may be left out.
   */
  default List<Form> forms(String field, IndexReader reader) throws IOException {
    throw new UnsupportedOperationException("NEAR joins words, phrases and groups of them with OR");
  }
}
