<?php
/*
 * Content that moves badly: names that are other terms' slugs, comments on pictures, a picture that WordPress scales down,
 * titles with backslashes, two posts of one title and second, characters that XML does not have.
 */
require_once ABSPATH . 'wp-admin/includes/image.php';
kses_remove_filters();
update_option( 'timezone_string', 'Europe/Helsinki' );
update_option( 'wp_attachment_pages_enabled', 1 );
wp_set_current_user( 1 );
function person( $login, $more ) {
	return wp_insert_user( wp_slash( $more + array( 'user_login' => $login, 'user_pass' => 'x', 'role' => 'author', 'user_email' => "$login@example.test" ) ) );
}
$maija = person( 'maija', array( 'display_name' => 'Mäijä ]]> & Öst 😀', 'user_nicename' => 'maija-x', 'first_name' => 'Mäi', 'last_name' => "O'Öst" ) );
$twin = person( 'twin', array( 'display_name' => 'Mäijä ]]> & Öst 😀' ) );
function term( $name, $taxonomy, $more = array() ) {
	return wp_insert_term( wp_slash( $name ), $taxonomy, wp_slash( $more ) )['term_id'];
}
$language = term( 'cpp', 'category', array( 'slug' => 'a-language' ) );
$plus = term( 'C plus plus', 'category', array( 'slug' => 'cpp', 'description' => "]]> \\n 'x' <b>y</b>" ) );
$same = term( 'Same', 'category', array( 'parent' => $plus ) );
$other = term( 'Same', 'category', array( 'parent' => $language, 'slug' => 'same-too' ) );
$child = term( 'Early child', 'course' );
wp_update_term( $child, 'course', array( 'parent' => term( 'Late parent', 'course' ) ) );
function picture( $path, $width, $height, $more = array() ) {
	$place = wp_upload_dir()['basedir'] . "/$path";
	wp_mkdir_p( dirname( $place ) );
	$image = imagecreatetruecolor( $width, $height );
	imageline( $image, 0, 0, $width, $height, 0xff0000 + $width );
	str_ends_with( $path, 'png' ) ? imagepng( $image, $place ) : imagejpeg( $image, $place, 80 );
	$given = $more + array( 'post_author' => $GLOBALS['maija'], 'post_title' => basename( $path ), 'post_mime_type' => str_ends_with( $path, 'png' ) ? 'image/png' : 'image/jpeg', 'guid' => wp_upload_dir()['baseurl'] . "/$path", 'post_date' => '2024-03-01 10:00:00' );
	$id = wp_insert_attachment( wp_slash( $given ), $place );
	wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $place ) );
	return $id;
}
$red = picture( '2024/03/red.png', 640, 400, array( 'post_excerpt' => "Caption ]]> \\ <em>y</em>" ) );
$huge = picture( '2024/03/huge.jpg', 2800, 900 );
$loose = picture( '2023/12/größe 1.png', 640, 400 );
foreach ( array( 0x11, 0x22 ) as $colour ) {
	picture( "2024/03/twin-$colour.png", 20 + $colour, 20, array( 'post_title' => 'twin' ) );
}
function entry( $title, $given = array() ) {
	static $day = 0;
	++$day;
	return wp_insert_post( wp_slash( $given + array( 'post_title' => $title, 'post_status' => 'publish', 'post_author' => $GLOBALS[ $day % 2 ? 'maija' : 'twin' ], 'post_date' => gmdate( 'Y-m-d H:i:s', 1704100000 + 86400 * $day ), 'post_content' => "<!-- wp:paragraph -->\n<p>Text $day.</p>\n<!-- /wp:paragraph -->" ) ) );
}
function remark( $post, $text, $parent = 0, $more = array() ) {
	static $minute = 0;
	$time = gmdate( 'Y-m-d H:i:s', 1710000000 + 60 * ++$minute );
	return wp_insert_comment( wp_slash( $more + array( 'comment_post_ID' => $post, 'comment_parent' => $parent, 'comment_author' => "Reader $minute", 'comment_author_email' => "r$minute@example.test", 'comment_content' => $text, 'comment_date' => get_date_from_gmt( $time ), 'comment_date_gmt' => $time, 'comment_approved' => 1, 'comment_type' => 'comment' ) ) );
}
$home = home_url();
$up = wp_upload_dir()['baseurl'];
$first = entry( 'All ]]> & <em>more</em> \\ C:\\new "q" \'a\' 😀', array( 'post_category' => array( $language, $other ), 'post_excerpt' => "Excerpt ]]> \\ <b>x</b>", 'post_content' => "<!-- wp:paragraph -->\n<p>Backslash \\\\ and ]]> and &amp;amp; 😀</p>\n<!-- /wp:paragraph -->\n\n<!--more-->\n\n<!-- wp:image {\"id\":$red} --><figure class=\"wp-block-image\"><img src=\"$up/2024/03/red.png\" class=\"wp-image-$red\"/></figure><!-- /wp:image -->\n\n<!--nextpage-->\n\n[gallery ids=\"$red,$huge\"]\n\n<a href=\"$up/2024/03/huge.jpg\"><img src=\"$up/2024/03/huge-scaled.jpg\"></a> <img src=\"$up/2023/12/größe%201.png\">" ) );
set_post_thumbnail( $first, $huge );
$second = entry( 'Second', array( 'post_category' => array( $plus, $same ) ) );
foreach ( array( 'Twins', 'TWÍNS', 'twins ', '', '' ) as $number => $title ) {
	$made = entry( $title, array( 'post_date' => $title ? '2024-02-02 10:00:00' : '2024-02-03 10:00:00', 'post_content' => "Twin $number" ) );
	remark( $made, "Ping to $number", 0, array( 'comment_author' => 'A page with links', 'comment_type' => 'pingback', 'comment_date' => '2024-03-03 03:03:03', 'comment_date_gmt' => '2024-03-03 01:03:03' ) );
}
entry( "Control\x0b chars\x08", array( 'post_content' => "Control\x0b\x1f chars\r\nof an old editor\r\n\r\nhere" ) );
entry( 'Short', array( 'post_content' => "One \"two\" -- three\n\n<ul><li>x</li></ul>\n[caption width=\"9\"]<img src=\"$up/2024/03/red.png\"> cap[/caption]" ) );
entry( 'Only an excerpt', array( 'post_content' => '', 'post_excerpt' => 'just this' ) );
$below = entry( 'Born before its parent', array( 'post_type' => 'page' ) );
wp_update_post( array( 'ID' => $below, 'post_parent' => entry( 'Later parent', array( 'post_type' => 'page', 'menu_order' => 3 ) ) ) );
$answered = 0;
foreach ( range( 1, 11 ) as $depth ) {
	$answered = remark( $first, "Depth $depth ]]> \\ 'q' <a href=\"$home/?p=$second\">l</a>\n\nmore", $answered, 8 === $depth ? array( 'comment_approved' => 0 ) : array() );
}
remark( $red, 'An answer on a picture', remark( $red, 'On a picture' ) );
$at_once = array( 'comment_author' => 'Twice', 'comment_date' => '2024-04-04 04:04:04', 'comment_date_gmt' => '2024-04-04 01:04:04' );
remark( $second, 'The second of two at once', 0, $at_once );
remark( $second, 'The first of two at once', 0, $at_once );
echo wp_json_encode( array( 'picture' => $red ) ), "\n";
