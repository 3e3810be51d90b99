<?php
/* fill.php POSTS COMMENTS: many posts of about 6 KB and many comments, by WordPress' own functions. Prints what there is as JSON. */
list( $posts, $comments ) = array_map( 'intval', $args + array( 1000, 5000 ) );
global $wpdb;
wp_set_current_user( 1 );
kses_remove_filters();
wp_defer_term_counting( true );
wp_defer_comment_counting( true );
remove_action( 'post_updated', 'wp_save_post_revision' );
remove_all_actions( 'transition_post_status' );
add_filter( 'pre_wp_unique_post_slug', fn( $taken, $slug ) => $slug, 10, 2 );    // ours are different: no need to look
remove_all_actions( 'do_pings' );
remove_all_actions( 'publish_post' );
$paragraph = "<!-- wp:paragraph -->\n<p>" . trim( str_repeat( 'Seven ships sailed south <em>slowly</em> &amp; came back. ', 12 ) ) . "</p>\n<!-- /wp:paragraph -->\n\n";
$text = str_repeat( $paragraph, 8 );
$categories = array();
foreach ( range( 1, 10 ) as $number ) {
	$categories[] = wp_insert_term( "Category $number", 'category' )['term_id'];
}
$start = 1262304000;       // 2010-01-01
$numbers = array();
$wpdb->query( 'START TRANSACTION' );
for ( $i = 1; $i <= $posts; $i++ ) {
	$date = gmdate( 'Y-m-d H:i:s', $start + 3600 * $i );
	$numbers[] = wp_insert_post(
		array(
			'post_title'    => "Entry $i",
			'post_name'     => "entry-$i",
			'post_content'  => "$text<!-- wp:paragraph -->\n<p>Entry number $i.</p>\n<!-- /wp:paragraph -->",
			'post_status'   => 'publish',
			'post_author'   => 1,
			'post_date'     => $date,
			'post_date_gmt' => $date,
			'post_category' => array( $categories[ $i % 10 ] ),
		)
	);
	if ( 0 === $i % 500 ) {
		$wpdb->query( 'COMMIT' );
		$wpdb->query( 'START TRANSACTION' );
		wp_cache_flush();
	}
}
$last = array();
for ( $i = 1; $i <= $comments; $i++ ) {
	$post = $numbers[ ( $i - 1 ) % max( 1, $posts ) ];
	$date = gmdate( 'Y-m-d H:i:s', $start + 3600 * $posts + 60 * $i );
	$round = intdiv( $i - 1, max( 1, $posts ) );
	$last[ $post ] = wp_insert_comment(
		array(
			'comment_post_ID'      => $post,
			'comment_parent'       => $round % 3 ? $last[ $post ] : 0,
			'comment_author'       => "Reader $i",
			'comment_author_email' => "reader$i@example.test",
			'comment_content'      => "Comment number $i: seven ships sailed south slowly, and came back.",
			'comment_date'         => $date,
			'comment_date_gmt'     => $date,
			'comment_approved'     => 1,
			'comment_type'         => 'comment',
		)
	);
	if ( 0 === $i % 2000 ) {
		$wpdb->query( 'COMMIT' );
		$wpdb->query( 'START TRANSACTION' );
		wp_cache_flush();
	}
}
$wpdb->query( 'COMMIT' );
wp_defer_comment_counting( false );
wp_defer_term_counting( false );
echo wp_json_encode( array( 'posts' => (int) wp_count_posts()->publish, 'comments' => (int) wp_count_comments()->approved ) ), "\n";
