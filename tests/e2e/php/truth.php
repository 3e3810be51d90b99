<?php
/*
 * What this WordPress holds, by its own functions: no REST, no feed, no client of ours. JSON on standard output.
 * Everything is here, whoever may see it; `public` and `readable` say what a visitor may see.
 */
global $post;
wp_set_current_user( 0 );
$moment = function ( $local, $gmt ) {
	return '0000-00-00 00:00:00' === $gmt ? get_gmt_from_date( $local ) : $gmt;
};
$types = array_values( array_diff( get_post_types(), array( 'revision', 'nav_menu_item', 'customize_changeset', 'oembed_cache' ) ) );
$taxonomies = array_values( get_taxonomies( array( 'public' => true ) ) );
$statuses = array_keys( get_post_stati() );
$public_types = array_values( array_diff( get_post_types( array( 'public' => true ) ), array( 'attachment' ) ) );
$said = array(
	'version'    => get_bloginfo( 'version' ),
	'name'       => get_bloginfo( 'name' ),
	'home'       => home_url(),
	'time_zone'  => wp_timezone_string(),
	'types'      => $types,
	'public_types' => $public_types,
	'taxonomies' => $taxonomies,
	'posts'      => array(),
	'comments'   => array(),
	'terms'      => array(),
	'users'      => array(),
	'media'      => array(),
);
$rows = get_posts( array( 'post_type' => $types, 'post_status' => $statuses, 'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC', 'suppress_filters' => true ) );
foreach ( $rows as $row ) {
	$terms = array();
	foreach ( get_object_taxonomies( $row ) as $taxonomy ) {
		$numbers = wp_get_object_terms( $row->ID, $taxonomy, array( 'fields' => 'ids' ) );
		sort( $numbers );
		$numbers && $terms[ $taxonomy ] = $numbers;
	}
	$common = array(
		'id'           => $row->ID,
		'type'         => $row->post_type,
		'status'       => $row->post_status,
		'public'       => is_post_publicly_viewable( $row ),
		'slug'         => urldecode( $row->post_name ),
		'title'        => $row->post_title,
		'date'         => $row->post_date,
		'date_gmt'     => $moment( $row->post_date, $row->post_date_gmt ),
		'modified'     => $row->post_modified,
		'modified_gmt' => $moment( $row->post_modified, $row->post_modified_gmt ),
		'author'       => (int) $row->post_author,
		'parent'       => (int) $row->post_parent,
	);
	if ( 'attachment' === $row->post_type ) {
		$file = get_attached_file( $row->ID );
		$said['media'][] = $common + array(
			'url'    => wp_get_attachment_url( $row->ID ),
			'file'   => _wp_relative_upload_path( $file ),
			'sha256' => is_file( $file ) ? hash_file( 'sha256', $file ) : null,
			'alt'    => (string) get_post_meta( $row->ID, '_wp_attachment_image_alt', true ),
			'mime'   => $row->post_mime_type,
			'sizes'  => array_map( fn( $size ) => $size['file'], wp_get_attachment_metadata( $row->ID )['sizes'] ?? array() ),
		);
		continue;
	}
	$post = $row;
	setup_postdata( $row );
	$rendered = apply_filters( 'the_content', $row->post_content );
	$said['posts'][] = $common + array(
		'permalink'       => get_permalink( $row ),
		'guid'            => $row->guid,
		'protected'       => '' !== $row->post_password,
		'raw'             => $row->post_content,
		'raw_sha256'      => hash( 'sha256', $row->post_content ),
		'rendered'        => $rendered,
		'rendered_sha256' => hash( 'sha256', $rendered ),
		'excerpt'         => $row->post_excerpt,
		'sticky'          => is_sticky( $row->ID ),
		'format'          => get_post_format( $row->ID ) ?: 'standard',
		'featured'        => (int) get_post_thumbnail_id( $row->ID ),
		'menu_order'      => $row->menu_order,
		'comment_status'  => $row->comment_status,
		'terms'           => (object) $terms,
		'footnotes'       => (string) get_post_meta( $row->ID, 'footnotes', true ),
	);
}
wp_reset_postdata();
$status_names = array( '1' => 'approved', '0' => 'hold' );
foreach ( array( 'all', 'spam', 'trash', 'post-trashed' ) as $status ) {
	foreach ( get_comments( array( 'status' => $status, 'type' => '', 'orderby' => 'comment_ID', 'order' => 'ASC' ) ) as $row ) {
		$under = get_post( $row->comment_post_ID );
		$state = $status_names[ $row->comment_approved ] ?? $row->comment_approved;
		$type = $row->comment_type ?: 'comment';
		$said['comments'][ (int) $row->comment_ID ] = array(
			'id'         => (int) $row->comment_ID,
			'post'       => (int) $row->comment_post_ID,
			'parent'     => (int) $row->comment_parent,
			'type'       => $type,
			'status'     => $state,
			'author'     => (int) $row->user_id,
			'name'       => $row->comment_author,
			'email'      => $row->comment_author_email,
			'url'        => $row->comment_author_url,
			'date'       => $row->comment_date,
			'date_gmt'   => $row->comment_date_gmt,
			'raw'        => $row->comment_content,
			'raw_sha256' => hash( 'sha256', $row->comment_content ),
			// What anybody may read by REST: an approved comment of type "comment" on a post that anybody may read.
			'readable'   => 'approved' === $state && 'comment' === $type && $under && is_post_publicly_viewable( $under ) && '' === $under->post_password,
		);
	}
}
// Some WordPress leave editorial notes out of lists unless asked for them.
foreach ( get_comments( array( 'status' => 'all', 'type' => 'note' ) ) as $row ) {
	if ( ! isset( $said['comments'][ (int) $row->comment_ID ] ) ) {
		$said['comments'][ (int) $row->comment_ID ] = array( 'id' => (int) $row->comment_ID, 'post' => (int) $row->comment_post_ID, 'parent' => (int) $row->comment_parent, 'type' => 'note', 'status' => $status_names[ $row->comment_approved ] ?? $row->comment_approved, 'author' => (int) $row->user_id, 'name' => $row->comment_author, 'email' => $row->comment_author_email, 'url' => $row->comment_author_url, 'date' => $row->comment_date, 'date_gmt' => $row->comment_date_gmt, 'raw' => $row->comment_content, 'raw_sha256' => hash( 'sha256', $row->comment_content ), 'readable' => false );
	}
}
ksort( $said['comments'] );
$said['comments'] = array_values( $said['comments'] );
foreach ( get_terms( array( 'taxonomy' => $taxonomies, 'hide_empty' => false, 'orderby' => 'term_id' ) ) as $row ) {
	$said['terms'][] = array(
		'id'          => $row->term_id,
		'taxonomy'    => $row->taxonomy,
		'rest'        => (bool) get_taxonomy( $row->taxonomy )->show_in_rest,
		'name'        => $row->name,
		'slug'        => urldecode( $row->slug ),
		'parent'      => $row->parent,
		'description' => $row->description,
		'count'       => $row->count,
		'url'         => get_term_link( $row ),
	);
}
foreach ( get_users( array( 'orderby' => 'ID' ) ) as $row ) {
	$said['users'][] = array(
		'id'          => $row->ID,
		'login'       => $row->user_login,
		'name'        => $row->display_name,
		'slug'        => $row->user_nicename,
		'email'       => $row->user_email,
		'url'         => $row->user_url,
		'description' => $row->description,
		'roles'       => $row->roles,
		'posts'       => (int) count_user_posts( $row->ID, $public_types, true ),
	);
}
echo wp_json_encode( $said, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ), "\n";
