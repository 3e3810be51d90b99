<?php
/*
 * A day in the life of a blog. `php run.php ROOT changes.php before` makes what will change, `... after` changes it.
 * Both print the numbers of what they touched as JSON.
 */
global $args;
require_once ABSPATH . 'wp-admin/includes/image.php';

$then = '2019-06-05 04:03:02';
$make = function ( $name, $more = array() ) use ( $then ) {
	return wp_insert_post( $more + array(
		'post_title' => "Will be $name", 'post_name' => "will-be-$name", 'post_content' => "<p>Will be $name.</p>",
		'post_status' => 'publish', 'post_date' => $then, 'post_author' => 1,
	) );
};
$say = function ( $post, $status ) use ( $then ) {
	return wp_insert_comment( array(
		'comment_post_ID' => $post, 'comment_content' => "On $post.", 'comment_approved' => $status,
		'comment_author' => 'Reader', 'comment_author_email' => 'reader@example.test', 'comment_date' => $then,
	) );
};
$paint = function ( $path, $colour ) {
	$image = imagecreatetruecolor( 60, 40 );
	imagefill( $image, 0, 0, $colour );
	imagepng( $image, $path );
};

if ( 'before' === $args[0] ) {
	$numbers = array();
	foreach ( array( 'edited', 'trashed', 'deleted', 'renamed', 'discussed' ) as $name ) {
		$numbers[ $name ] = $make( $name );
	}
	$numbers['approved'] = $say( $numbers['discussed'], 0 );
	$numbers['removed']  = $say( $numbers['discussed'], 1 );
	foreach ( range( 1, 3 ) as $count ) {
		$say( $numbers['discussed'], 1 );
	}
	$term = wp_insert_term( 'Will be called otherwise', 'category', array( 'slug' => 'term-that-stays' ) );
	$numbers['term'] = $term['term_id'];
	wp_set_post_categories( $numbers['discussed'], array( $term['term_id'] ) );
	$upload = wp_upload_bits( 'picture.png', null, 'x', '2019/06' );
	$paint( $upload['file'], 0xff0000 );
	$numbers['media'] = wp_insert_attachment(
		array( 'post_title' => 'A picture', 'post_mime_type' => 'image/png', 'post_date' => $then ), $upload['file']
	);
	wp_update_attachment_metadata( $numbers['media'], wp_generate_attachment_metadata( $numbers['media'], $upload['file'] ) );
	$numbers['draft'] = $make( 'hidden', array( 'post_status' => 'draft' ) );
	update_option( 'numbers_of_the_test', $numbers );
} elseif ( 'after' === $args[0] ) {
	$numbers = get_option( 'numbers_of_the_test' );
	wp_update_post( array( 'ID' => $numbers['edited'], 'post_content' => '<p>Edited at noon.</p>' ) );
	$numbers['late'] = $make( 'late' );
	wp_set_comment_status( $numbers['approved'], 'approve' );
	wp_delete_comment( $numbers['removed'], true );
	wp_trash_post( $numbers['trashed'] );
	wp_delete_post( $numbers['deleted'], true );
	wp_update_post( array( 'ID' => $numbers['renamed'], 'post_name' => 'has-another-slug' ) );
	wp_update_term( $numbers['term'], 'category', array( 'name' => 'Called otherwise' ) );
	$paint( get_attached_file( $numbers['media'] ), 0x0000ff );
	wp_update_post( array( 'ID' => $numbers['media'] ) );
} else {
	$numbers = get_option( 'numbers_of_the_test' );
	$paint( get_attached_file( $numbers['media'] ), 0x00ff00 );  // swapped in silence
}
echo json_encode( $numbers );
