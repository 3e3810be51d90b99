<?php
/*
 * Fills a new WordPress with the sample blog, through WordPress' own functions. The same numbers, dates and texts each time.
 * Runs inside WordPress (tests/e2e/php/run.php, or `wp eval-file`), on a site where nothing was written before.
 * The texts are in texts/<number>.html, the custom types in plugin.php, the passwords (for loopback, no secrets) in logins.json.
 */
const FOLDER = __DIR__;

if ( ! function_exists( 'wp_generate_attachment_metadata' ) ) {
	require_once ABSPATH . 'wp-admin/includes/image.php';
	require_once ABSPATH . 'wp-admin/includes/media.php';
}
kses_remove_filters();
wp_defer_term_counting( true );
foreach ( array( 1, 2, 3 ) as $default ) {
	wp_delete_post( $default, true );
}
update_option( 'blogname', 'Tuulisaari Light' );
update_option( 'blogdescription', 'Notes & weather from a lighthouse nobody needs' );
update_option( 'timezone_string', 'Europe/Helsinki' );
update_option( 'default_comment_status', 'open' );
update_option( 'wp_attachment_pages_enabled', 1 );
delete_option( 'fresh_site' );

// WordPress stamps "now" on what it writes; the sample blog says its own dates.
add_filter(
	'wp_insert_post_data',
	function ( $data, $given ) {
		$modified = $given['modified'] ?? $data['post_date'];
		$data['post_modified'] = '0000-00-00 00:00:00' === $modified ? '2024-08-01 12:00:00' : $modified;
		$data['post_modified_gmt'] = get_gmt_from_date( $data['post_modified'] );
		return $data;
	},
	10,
	2
);

// ---- people ----------------------------------------------------------------------------------------------------------------
function person( $login, $role, $name, $slug, $more = array() ) {
	$logins = json_decode( file_get_contents( FOLDER . '/logins.json' ), true );
	$data = $more + array(
		'user_login'      => $login,
		'role'            => $role,
		'display_name'    => $name,
		'nickname'        => $name,
		'user_nicename'   => $slug,
		'user_email'      => "$login@example.test",
		'user_registered' => '2023-01-02 03:04:05',
	);
	if ( username_exists( $login ) ) {
		$data['ID'] = username_exists( $login );
		unset( $data['user_login'] );
		$id = wp_update_user( wp_slash( $data ) );
	} else {
		$id = wp_insert_user( wp_slash( $data + array( 'user_pass' => wp_generate_password() ) ) );
	}
	if ( isset( $logins[ $login ] ) ) {
		$fixed = function () use ( $logins, $login ) {
			return str_replace( ' ', '', $logins[ $login ] );
		};
		add_filter( 'random_password', $fixed );
		WP_Application_Passwords::create_new_application_password( $id, array( 'name' => 'sample' ) );
		remove_filter( 'random_password', $fixed );
	}
	return $id;
}
$about_aino = "Keeper since 2013.\nLikes: silence & <em>tar</em>.";
define( 'AINO', person( 'admin', 'administrator', 'Aino Lind', 'aino', array( 'description' => $about_aino, 'user_url' => 'https://elsewhere.example/aino' ) ) );
wp_set_current_user( AINO );   // terms are given only by somebody who may
define( 'KENJI', person( 'kenji', 'author', '森 健二', 'kenji', array( 'description' => '鳥を数えています。' ) ) );
define( 'LAYLA', person( 'layla', 'editor', 'Layla Haddad (ليلى)', 'layla' ) );
define( 'OTTO', person( 'otto', 'author', 'Otto "Paint" O\'Shea', 'otto' ) );              // has no posts
define( 'BIRGITTA', person( 'birgitta', 'subscriber', 'Birgitta Öst', 'birgitta' ) );

// ---- terms -----------------------------------------------------------------------------------------------------------------
function term( $name, $taxonomy, $more = array() ) {
	$made = wp_insert_term( wp_slash( $name ), $taxonomy, wp_slash( $more ) );
	if ( is_wp_error( $made ) ) {
		fwrite( STDERR, "$name: " . $made->get_error_message() . "\n" );
		exit( 1 );
	}
	return $made['term_id'];
}
wp_update_term( 1, 'category', array( 'name' => 'Log book', 'slug' => 'log-book', 'description' => 'What happened, and <strong>when</strong>.' ) );
const LOG = 1;
define( 'NEWS', term( 'News & views', 'category', array( 'slug' => 'news-views' ) ) );
define( 'BIRDS', term( 'Birds', 'category' ) );
define( 'SEA_BIRDS', term( 'Sea birds', 'category', array( 'parent' => BIRDS ) ) );
define( 'AUKS', term( 'Auks < gulls', 'category', array( 'parent' => SEA_BIRDS, 'slug' => 'auks' ) ) );
define( 'NIHONGO', term( '日本語', 'category' ) );
term( 'Empty shelf', 'category' );
foreach ( array( 'Étiquette', 'wind & waves', 'C++', 'fog', 'émigré', '鳥', '⚓ boats', 'never used' ) as $tag ) {
	term( $tag, 'post_tag' );
}
define( 'SOUPS', term( 'Soups', 'course' ) );
define( 'FISH_SOUPS', term( 'Fish soups', 'course', array( 'parent' => SOUPS ) ) );
define( 'BREAD', term( 'Bread', 'course' ) );
define( 'LENS', term( 'Lens', 'workshop' ) );
define( 'PRISMS', term( 'Prisms', 'workshop', array( 'parent' => LENS ) ) );

// ---- files -----------------------------------------------------------------------------------------------------------------
function picture( $width, $height, $sky, $tower, $light ) {
	$image = imagecreatetruecolor( $width, $height );
	$paint = function ( $rgb ) use ( $image ) {
		return imagecolorallocate( $image, $rgb >> 16, ( $rgb >> 8 ) & 255, $rgb & 255 );
	};
	imagefilledrectangle( $image, 0, 0, $width, $height, $paint( $sky ) );
	imagefilledrectangle( $image, 0, (int) ( $height * .8 ), $width, $height, $paint( 0x204060 ) );
	$left = (int) ( $width * .45 );
	$right = (int) ( $width * .55 );
	imagefilledrectangle( $image, $left, (int) ( $height * .3 ), $right, (int) ( $height * .8 ), $paint( $tower ) );
	imagefilledrectangle( $image, $left, (int) ( $height * .18 ), $right, (int) ( $height * .3 ), $paint( $light ) );
	return $image;
}
function attach( $id, $path, $mime, $bytes, $given ) {
	$place = wp_upload_dir()['basedir'] . '/' . $path;
	wp_mkdir_p( dirname( $place ) );
	if ( $bytes instanceof GdImage ) {
		'image/png' === $mime ? imagepng( $bytes, $place, 9 ) : imagejpeg( $bytes, $place, 60 );
	} else {
		file_put_contents( $place, $bytes );
	}
	$given += array(
		'import_id'      => $id,
		'post_title'     => pathinfo( $path, PATHINFO_FILENAME ),
		'post_mime_type' => $mime,
		'guid'           => wp_upload_dir()['baseurl'] . '/' . $path,
		'post_author'    => AINO,
	);
	$made = wp_insert_attachment( wp_slash( $given ), $place, $given['post_parent'] ?? 0, true );
	$id === $made || exit( "attachment $id became " . print_r( $made, true ) );
	wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $place ) );
	if ( isset( $given['alt'] ) ) {
		update_post_meta( $id, '_wp_attachment_image_alt', wp_slash( $given['alt'] ) );
	}
}
function pdf( $line ) {
	$text = "BT /F1 18 Tf 40 100 Td ($line) Tj ET";
	$objects = array(
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 320 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
		'<< /Length ' . strlen( $text ) . " >>\nstream\n$text\nendstream",
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	);
	$out = "%PDF-1.4\n";
	$places = array();
	foreach ( $objects as $number => $object ) {
		$places[] = strlen( $out );
		$out .= ( $number + 1 ) . " 0 obj\n$object\nendobj\n";
	}
	$start = strlen( $out );
	$out .= "xref\n0 6\n0000000000 65535 f \n";
	foreach ( $places as $place ) {
		$out .= sprintf( "%010d 00000 n \n", $place );
	}
	return $out . "trailer << /Size 6 /Root 1 0 R >>\nstartxref\n$start\n%%EOF\n";
}
function foghorn() {
	$samples = '';
	for ( $i = 0; $i < 2000; $i++ ) {
		$samples .= chr( 128 + (int) round( 90 * sin( 2 * M_PI * 110 * $i / 4000 ) ) );
	}
	$size = strlen( $samples );
	return 'RIFF' . pack( 'V', 36 + $size ) . 'WAVEfmt ' . pack( 'VvvVVvv', 16, 1, 1, 4000, 4000, 1, 8 ) . 'data' . pack( 'V', $size ) . $samples;
}

// ---- posts -----------------------------------------------------------------------------------------------------------------
function text( $id ) {
	$places = array( '{home}' => home_url(), '{uploads}' => wp_upload_dir()['baseurl'] );
	return strtr( rtrim( file_get_contents( FOLDER . "/texts/$id.html" ) ), $places );
}
function entry( $id, $date, $title, $given = array() ) {
	$given += array(
		'import_id'    => $id,
		'post_title'   => $title,
		'post_date'    => $date,
		'post_status'  => 'publish',
		'post_type'    => 'post',
		'post_author'  => AINO,
		'post_content' => text( $id ),
		'guid'         => home_url( "/?p=$id" ),
	);
	$made = wp_insert_post( wp_slash( $given ), true );
	$id === $made || exit( "post $id became " . print_r( $made, true ) );
	if ( isset( $given['format'] ) ) {
		set_post_format( $id, $given['format'] );
	}
	if ( isset( $given['picture'] ) ) {
		set_post_thumbnail( $id, $given['picture'] );
	}
}
entry( 10, '2024-01-06 16:00:00', 'The lamp is lit again', array( 'post_name' => 'the-lamp-is-lit-again', 'post_category' => array( LOG, NEWS ), 'tags_input' => array( 'fog', 'Étiquette' ), 'post_excerpt' => 'Eleven dark winters, & then <em>light</em>.', 'modified' => '2024-07-01 09:30:00' ) );
entry( 11, '2024-01-13 12:00:00', 'part \1: "yes" {{< x >}} {% y %}', array( 'post_name' => 'part-1-yes', 'post_category' => array( LOG ), 'tags_input' => array( 'C++' ) ) );
entry( 12, '2024-03-03 22:15:00', '霧笛の夜', array( 'post_author' => KENJI, 'post_category' => array( NIHONGO, AUKS ), 'tags_input' => array( '鳥', 'fog' ) ) );
entry( 13, '2024-04-10 08:00:00', 'رسالة من الجزيرة', array( 'post_author' => LAYLA, 'post_category' => array( NEWS ), 'tags_input' => array( 'émigré' ) ) );
entry( 14, '2024-04-20 18:45:10', 'Five ways to tie a boat 🪢 & why', array( 'post_name' => 'five-ways-to-tie-a-boat', 'post_category' => array( LOG ), 'tags_input' => array( '⚓ boats', 'wind & waves' ) ) );
entry( 15, '2024-01-20 10:00:00', 'A clockwork in <em>forty</em> lines', array( 'post_name' => 'a-clockwork-in-forty-lines', 'post_category' => array( LOG ), 'tags_input' => array( 'C++' ), 'tax_input' => array( 'workshop' => array( LENS ) ) ) );
entry( 16, '2024-05-05 07:00:00', 'Storm, in three pictures', array( 'post_category' => array( NEWS, SEA_BIRDS ), 'tags_input' => array( 'wind & waves' ), 'format' => 'gallery' ) );
entry( 17, '2024-05-12 07:00:00', 'Who built it?', array( 'post_category' => array( LOG ), 'post_author' => LAYLA ) );
$note = '6f1d2c60-0000-4000-8000-00000000000';
$notes = array( array( 'content' => 'Or 1862; the stone is <em>unclear</em>.', 'id' => "{$note}1" ), array( 'content' => 'See <a href="' . home_url( '/about/' ) . '">the house</a>.', 'id' => "{$note}2" ) );
update_post_meta( 17, 'footnotes', wp_slash( wp_json_encode( $notes ) ) );
entry( 18, '2024-05-19 19:30:00', 'The foghorn, filmed', array( 'post_category' => array( NEWS ), 'format' => 'video' ) );
foreach ( array( 'https://www.youtube.com/watch?v=tuulisaari0', 'https://unknown.example/clip/7' ) as $number => $url ) {
	// What WordPress keeps after it has asked the provider, so that nothing asks.
	$key = md5( $url . serialize( wp_embed_defaults( $url ) ) );
	$frame = '<iframe title="The foghorn of Tuulisaari" width="500" height="281" src="https://www.youtube.com/embed/tuulisaari0?feature=oembed" frameborder="0" allow="autoplay; encrypted-media" allowfullscreen></iframe>';
	update_post_meta( 18, "_oembed_$key", $number ? '{{unknown}}' : $frame );
	update_post_meta( 18, "_oembed_time_$key", 4102444800 );
}
entry( 19, '2024-06-01 06:00:00', 'The ferry timetable', array( 'post_category' => array( NEWS ), 'tags_input' => array( '⚓ boats' ), 'format' => 'audio' ) );
entry( 20, '2023-06-10 20:00:00', 'What the keeper needs', array( 'guid' => home_url( '/2023/06/what-the-keeper-needs/' ), 'post_category' => array( LOG ), 'tags_input' => array( 'Étiquette' ) ) );
entry( 21, '2024-02-02 07:00:00', 'The log of one night', array( 'post_category' => array( LOG ), 'tags_input' => array( 'fog', 'wind & waves' ) ) );
entry( 22, '2024-02-09 07:00:00', '', array( 'post_category' => array( LOG ), 'format' => 'aside' ) );
entry( 23, '2024-07-01 12:00:00', 'Where everything is', array( 'post_category' => array( NEWS ), 'comment_status' => 'closed', 'ping_status' => 'closed' ) );
entry( 24, '2024-06-20 12:00:00', 'The key to the cellar', array( 'post_category' => array( LOG ), 'post_password' => 'fresnel', 'post_excerpt' => 'A secret, in short.' ) );
entry( 25, '2024-06-21 12:00:00', 'Repairs we did not report', array( 'post_category' => array( LOG ), 'post_status' => 'private' ) );
entry( 26, '2024-06-22 12:00:00', 'What the gannet thinks', array( 'post_status' => 'draft', 'post_category' => array( BIRDS ), 'tags_input' => array( 'never used' ), 'modified' => '2024-06-23 12:00:00' ) );
entry( 27, '2024-06-24 12:00:00', '観察記録', array( 'post_status' => 'pending', 'post_author' => KENJI, 'post_category' => array( NIHONGO ) ) );
entry( 28, '2048-01-06 16:00:00', 'A quarter of a century', array( 'post_status' => 'future', 'post_category' => array( LOG ), 'modified' => '2024-06-25 12:00:00' ) );
entry( 29, '2024-06-26 12:00:00', 'To the harbour office', array( 'post_name' => 'to-the-harbour-office', 'post_category' => array( NEWS ) ) );
entry( 30, '2024-03-10 09:00:00', 'Birgitta on timetables', array( 'post_category' => array( NEWS ), 'format' => 'quote' ) );
entry( 31, '2024-03-17 09:00:00', 'A catalogue of foghorns', array( 'post_category' => array( NEWS ), 'format' => 'link', 'post_author' => KENJI ) );
entry( 32, '2023-10-29 03:30:00', 'The hour that came twice', array( 'post_category' => array( LOG ) ) );
entry( 33, '2024-03-31 03:30:00', 'The hour that never came', array( 'post_category' => array( LOG ) ) );
entry( 34, '1969-07-21 04:56:15', 'Two men on the moon', array( 'guid' => 'http://old.example/?p=1000', 'post_category' => array( LOG ) ) );
entry( 35, '2024-02-16 07:00:00', '*Stars* & [brackets](x) – # a `title`', array( 'post_name' => 'stars-and-brackets', 'post_category' => array( LOG ) ) );
entry( 36, '2024-06-15 10:00:00', 'Guillemots left, razorbills right', array( 'post_category' => array( AUKS ), 'post_author' => KENJI, 'tags_input' => array( '鳥' ) ) );
entry( 37, '2024-02-23 07:00:00', 'CON', array( 'post_name' => 'con', 'post_category' => array( LOG ) ) );
entry( 38, '2024-02-23 07:00:00', 'Åtta måsar, Straße & Łódź', array( 'post_category' => array( BIRDS ) ) );

$page = array( 'post_type' => 'page' );
entry( 40, '2023-01-10 12:00:00', 'About', $page + array( 'menu_order' => 1 ) );
entry( 41, '2023-01-11 12:00:00', 'Winter', $page + array( 'menu_order' => 2 ) );
entry( 42, '2023-01-12 12:00:00', 'Visit', $page + array( 'post_parent' => 40, 'post_name' => 'visit' ) );
entry( 43, '2023-01-13 12:00:00', 'Visit', $page + array( 'post_parent' => 41, 'post_name' => 'visit', 'post_author' => LAYLA ) );
entry( 44, '2023-01-14 12:00:00', '離島', $page + array( 'post_parent' => 42, 'post_author' => KENJI ) );
entry( 45, '2023-01-15 12:00:00', 'House rules', $page + array( 'post_status' => 'draft' ) );
entry( 50, '2024-01-02 12:00:00', 'Lens', array( 'post_type' => 'project', 'tax_input' => array( 'workshop' => array( LENS ) ) ) );
entry( 51, '2024-01-03 12:00:00', 'Prisms', array( 'post_type' => 'project', 'post_parent' => 50, 'tax_input' => array( 'workshop' => array( PRISMS ) ) ) );
entry( 52, '2024-01-04 12:00:00', 'Roof', array( 'post_type' => 'project', 'post_status' => 'draft' ) );
entry( 55, '2024-01-05 12:00:00', 'Fish soup', array( 'post_type' => 'recipe', 'tax_input' => array( 'course' => array( FISH_SOUPS ) ), 'meta_input' => array( 'servings' => 4 ) ) );
entry( 56, '2024-01-07 12:00:00', 'Rye bread', array( 'post_type' => 'recipe', 'tax_input' => array( 'course' => array( BREAD ) ), 'post_author' => LAYLA ) );
entry( 60, '2024-01-08 12:00:00', 'Safety note', array( 'post_type' => 'wp_block' ) );
entry( 61, '2024-01-09 12:00:00', 'Menu', array( 'post_type' => 'wp_navigation' ) );

attach( 101, '2024/01/lamp.png', 'image/png', picture( 600, 400, 0x87a7c7, 0xffffff, 0xffe066 ), array( 'post_date' => '2024-01-06 15:00:00', 'post_parent' => 10, 'alt' => 'The lamp, seen from the gallery', 'post_excerpt' => 'The lamp at <em>four</em>', 'post_content' => 'Taken from the gallery.' ) );
attach( 102, '2024/05/lamp.png', 'image/png', picture( 600, 400, 0x405060, 0xcc3333, 0xffffff ), array( 'post_date' => '2024-05-04 15:00:00', 'post_parent' => 16, 'post_title' => 'Lamp & storm', 'alt' => 'The same lamp, in May' ) );
attach( 103, '2024/05/puffin.jpg', 'image/jpeg', picture( 600, 400, 0xd0e0d0, 0x222222, 0xff8800 ), array( 'post_date' => '2024-05-04 15:01:00', 'post_parent' => 16, 'alt' => 'A puffin, unimpressed', 'post_author' => KENJI ) );
attach( 104, '2024/05/panorama.png', 'image/png', picture( 2600, 400, 0x335577, 0xeeeeee, 0xffdd00 ), array( 'post_date' => '2024-05-04 15:02:00', 'post_parent' => 16 ) );
attach( 105, '2024/06/åland-kaart.png', 'image/png', picture( 240, 160, 0xf0f0e0, 0xa0a080, 0x806040 ), array( 'post_date' => '2024-06-15 09:00:00' ) );
attach( 106, '2024/06/ferry-timetable.pdf', 'application/pdf', pdf( 'The ferry goes when Birgitta is awake.' ), array( 'post_date' => '2024-06-01 05:00:00', 'post_parent' => 19 ) );
attach( 107, '2024/06/foghorn.wav', 'audio/wav', foghorn(), array( 'post_date' => '2024-06-01 05:01:00', 'post_parent' => 19 ) );
attach( 108, '2024/06/tide-table.txt', 'text/plain', "high  04:10\nlow   10:25\nhigh  16:40\n", array( 'post_date' => '2024-06-01 05:02:00' ) );
attach( 109, '2024/06/broken-prism.png', 'image/png', picture( 240, 160, 0x202020, 0x808080, 0x000000 ), array( 'post_date' => '2024-06-21 11:00:00', 'post_parent' => 25, 'alt' => 'Nobody may see this' ) );
foreach ( array( 10 => 101, 16 => 103, 40 => 101, 51 => 105 ) as $post => $image ) {
	set_post_thumbnail( $post, $image );
}
stick_post( 10 );
// One edit leaves one revision; the words come back as they were.
wp_update_post( wp_slash( array( 'ID' => 31, 'post_content' => text( 31 ) . "\n\n<p>(unread)</p>", 'modified' => '2024-03-17 10:00:00' ) ) );
wp_update_post( wp_slash( array( 'ID' => 31, 'post_content' => text( 31 ), 'modified' => '2024-03-18 10:00:00' ) ) );

// ---- comments --------------------------------------------------------------------------------------------------------------
function comment( $post, $date, $author, $text, $parent = 0, $more = array() ) {
	static $number = 0;
	++$number;
	$data = $more + array(
		'comment_post_ID'      => $post,
		'comment_parent'       => $parent,
		'comment_author'       => $author,
		'comment_author_email' => "reader$number@example.test",
		'comment_author_url'   => $number % 3 ? '' : "https://elsewhere.example/reader/$number?a=1&b=2",
		'comment_author_IP'    => "192.0.2.$number",
		'comment_agent'        => 'Sample/1.0',
		'comment_content'      => $text,
		'comment_date'         => $date,
		'comment_date_gmt'     => get_gmt_from_date( $date ),
		'comment_approved'     => 1,
		'comment_type'         => 'comment',
	);
	if ( ! empty( $data['user_id'] ) ) {
		$data['comment_author_email'] = get_userdata( $data['user_id'] )->user_email;
	}
	return wp_insert_comment( wp_slash( $data ) );
}
$first = comment( 10, '2024-01-06 17:00:00', 'Maija', "I saw it from the mainland!\n\nWe all did. <strong>Thank you</strong>." );
$second = comment( 10, '2024-01-06 17:30:00', 'Otto "Paint" O\'Shea', 'It <em>is</em> brighter than I remember.', $first, array( 'user_id' => OTTO ) );
$third = comment( 10, '2024-01-06 18:00:00', 'Aino Lind', 'You painted the windows shut, remember? See <a href="' . home_url( '/2024/01/a-clockwork-in-forty-lines/' ) . '">the clockwork</a>.', $second, array( 'user_id' => AINO ) );
$fourth = comment( 10, '2024-01-06 18:05:00', 'Otto "Paint" O\'Shea', 'I painted <del>them</del> <code>everything()</code> shut.', $third, array( 'user_id' => OTTO ) );
$fifth = comment( 10, '2024-01-06 19:00:00', 'Maija', '😂 🏮', $fourth );
comment( 10, '2024-01-06 19:30:00', '森 健二', '鳥も喜んでいます。', $fifth, array( 'user_id' => KENJI ) );
comment( 10, '2024-01-07 08:00:00', '<b>Robert</b>', "&lt;script&gt;alert('hello')&lt;/script&gt; <a href=\"javascript:alert(1)\" onclick=\"alert(2)\">innocent</a> <img src=x onerror=alert(3)>" );
comment( 10, '2024-01-07 09:00:00', 'markdown fan', "# Not a heading\n- *not* a list\n> no quote\n```\n[link](javascript:x) {{< x >}} {% raw %} <!-- no comment -->\n1. one_two_three \\ | a | b |" );
$held = comment( 10, '2024-01-08 10:00:00', 'Held Henrik', 'Is this thing on?', 0, array( 'comment_approved' => 0 ) );
comment( 10, '2024-01-08 11:00:00', 'Orphan of a held one', 'It is on. But you cannot see what I answer to.', $held );
$spam = comment( 10, '2024-01-08 12:00:00', 'Cheap lamps', 'Buy cheap lamps', 0, array( 'comment_approved' => 'spam', 'comment_author_url' => 'https://spam.example/' ) );
comment( 10, '2024-01-08 12:30:00', 'Orphan of spam', 'Please, no.', $spam );
comment( 10, '2024-01-08 13:00:00', 'Orphan of nobody', 'My parent was lost in a migration.', 9999 );
comment( 10, '2024-01-09 10:00:00', 'Elsewhere Weekly', '[&#8230;] a light that is not needed [&#8230;]', 0, array( 'comment_type' => 'pingback', 'comment_author_url' => 'https://elsewhere.example/lights', 'comment_author_email' => '' ) );
comment( 16, '2024-05-06 10:00:00', 'Storm & Sons', '<strong>Storms</strong> We repair what it took.', 0, array( 'comment_type' => 'trackback', 'comment_author_url' => 'https://elsewhere.example/storms', 'comment_author_email' => '' ) );
$elder = comment( 16, '2024-05-06 12:00:00', 'Younger parent', 'I came later, and yet I was answered before.' );
comment( 16, '2024-05-06 11:00:00', 'Older child', 'My clock was wrong.', $elder );
comment( 16, '2024-05-07 11:00:00', 'Wrong room', 'I answer to a comment on another post.', $first );
comment( 35, '2023-02-16 07:00:00', 'O\'Neil "<b>" & Söhne', 'A name that no feed survives.' );
comment( 12, '2024-03-04 07:00:00', 'ليلى', "جميل جدًا\nما معنى 霧笛؟" );
comment( 24, '2024-06-20 13:00:00', 'One who has the key', 'It is empty indeed.' );
comment( 25, '2024-06-21 13:00:00', 'Otto "Paint" O\'Shea', 'Four, if you count the small one.', 0, array( 'user_id' => OTTO ) );
comment( 40, '2024-02-01 10:00:00', 'Pilgrim', 'How many opinions exactly?' );
comment( 51, '2024-02-02 10:00:00', 'The lens', 'I heard that.' );
comment( 26, '2024-06-23 10:00:00', 'Layla Haddad (ليلى)', 'Publish this!', 0, array( 'user_id' => LAYLA ) );
comment( 10, '2024-03-31 04:30:00', 'Night owl', 'Written an hour after half past two.' );
comment( 10, '2023-10-29 03:59:59', 'Night owl', 'Written before the post, in the hour that came twice.' );
comment( 10, '2024-06-01 10:00:00', 'To the bin', 'Never mind.', 0, array( 'comment_approved' => 'trash' ) );
comment( 10, '2024-06-02 10:00:00', 'Layla Haddad (ليلى)', 'Editorial note: is eleven right?', 0, array( 'comment_type' => 'note', 'comment_approved' => 0, 'user_id' => LAYLA ) );
comment( 55, '2024-06-03 10:00:00', '', 'No name, no fish.', 0, array( 'comment_author_email' => '' ) );

wp_trash_post( 29 );
update_post_meta( 29, '_wp_trash_meta_time', 1719399600 );
wp_defer_term_counting( false );
foreach ( array( 'category', 'post_tag', 'course', 'workshop' ) as $taxonomy ) {
	wp_update_term_count_now( get_terms( array( 'taxonomy' => $taxonomy, 'hide_empty' => false, 'fields' => 'tt_ids' ) ), $taxonomy );
}
flush_rewrite_rules( false );
echo wp_json_encode( array( 'posts' => (array) wp_count_posts(), 'comments' => wp_count_comments() ), JSON_PRETTY_PRINT ), "\n";
